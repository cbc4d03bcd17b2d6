// Whether a key event is no shortcut of the browser and not part of composing a character (Chinese input methods).
export const alone = (event) => !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing);
