// What both the frame and the certificate are written in.
export const CONTROL = "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029";
export const FACTORS = ["area", "village", "group", "priority"];
