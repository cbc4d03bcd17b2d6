# Reproduces the headline figures from responses.csv with R and its package `survey`.
#
#   Rscript headline.R                (in the folder of responses.csv)
#   Rscript headline.R path/to/responses.csv
#
# Nothing of the application is needed. Estimates and standard errors are those of svymean; the interval of the mean is
# Clopper-Pearson on the scale moved to 0-1, that of a share the hypergeometric limits of an equivalent simple random
# sample, both tried here from their definitions. The script ends with an error when a figure differs.

suppressPackageStartupMessages(library(survey))

arguments <- commandArgs(trailingOnly = TRUE)
path <- if (length(arguments)) arguments[1] else "responses.csv"
d <- read.csv(path, fileEncoding = "UTF-8-BOM", stringsAsFactors = FALSE,
              colClasses = c(stratum = "character", satisfaction_stratum = "character", awareness_stratum = "character"))
d <- d[d$part == "main", ]

# What the application published; NA where it gives no such number.
published <- data.frame(
#PUBLISHED
)

# n0: the simple random sample with replacement as exact as this design if all strata were alike.
n0 <- function(w) {
  n <- length(w)
  spread <- sum(w^2 * (1 - 1 / w))
  if (spread < 1e-12) (n - 1) / (1 - n / sum(w)) else sum(w)^2 / (n / (n - 1) * spread)
}

mean_limits <- function(p, v, w) {
  size <- if (v < 1e-25) n0(w) else p * (1 - p) / v
  c(if (p <= 0) 0 else qbeta(0.025, p * size, size - p * size + 1),
    if (p >= 1) 1 else qbeta(0.975, p * size + 1, size - p * size))
}

share_limits <- function(p, v, w, y) {
  N <- round(sum(w))
  n <- length(w)
  most <- n0(w)
  used <- if (v < 1e-25) most else min(p * (1 - p) / v, most)
  size <- max(min(floor((used + 1) / (1 + used / N) + 1e-9), n), 1)
  hits <- floor(p * size + 0.5 + 1e-9)
  K <- 0:N
  at_least <- phyper(hits - 1, K, N - K, size, lower.tail = FALSE)  # P(X >= hits | K)
  at_most <- phyper(hits, K, N - K, size)                           # P(X <= hits | K)
  proved <- c(sum(y) / N, 1 - (n - sum(y)) / N)
  low <- max(min(min(K[at_least > 0.025]) / N, p), proved[1])
  high <- min(max(max(K[at_most > 0.025]) / N, p), proved[2])
  if (low == high) proved else c(low, high)
}

figure <- function(y, base, share) {
  w <- d[[paste0(base, "_weight")]]
  inside <- !is.na(w)
  rows <- data.frame(y = as.numeric(y[inside]), w = w[inside], group = d[[paste0(base, "_stratum")]][inside],
                     people = d[[paste0(base, "_people")]][inside])
  if (nrow(rows) == 0) return(c(value = NA, se = NA, low = NA, high = NA, n = 0))
  value <- sum(rows$w * rows$y) / sum(rows$w)
  everyone <- nrow(rows) >= round(sum(rows$w))
  se <- if (everyone) 0 else if (nrow(rows) < 2) NA else tryCatch(
    as.numeric(SE(svymean(~y, svydesign(ids = ~1, strata = ~group, weights = ~w, fpc = ~people, data = rows)))),
    error = function(lonely) NA)
  limits <- if (everyone) c(value, value) else if (is.na(se)) c(NA, NA) else
    if (share) share_limits(value, se^2, rows$w, rows$y) else 100 * mean_limits(value / 100, (se / 100)^2, rows$w)
  factor <- if (share) 100 else 1
  c(value = value * factor, se = se * factor, low = limits[1] * factor, high = limits[2] * factor, n = nrow(rows))
}

found <- list(
  satisfaction.mean = figure(d$satisfaction_index, "satisfaction", FALSE),
  satisfaction.share = figure(d$satisfied, "satisfaction", TRUE),
  satisfaction.at_least_95 = figure(d$satisfaction_index >= 95, "satisfaction", TRUE),
  awareness.rate = figure(d$aware, "awareness", TRUE)
)

same <- function(a, b, tolerance) (is.na(a) && is.na(b)) || (!is.na(a) && !is.na(b) && abs(a - b) <= tolerance)
right <- TRUE
for (i in seq_len(nrow(published))) {
  p <- published[i, ]
  r <- found[[p$figure]]
  # Values are published with four places of a point or per cent, the rest with all their digits.
  agrees <- same(r[["value"]], p$value, 5.1e-5) && same(r[["se"]], p$se, 1e-7) && same(r[["low"]], p$low, 1e-6) &&
    same(r[["high"]], p$high, 1e-6) && r[["n"]] == p$n
  right <- right && agrees
  cat(sprintf("%-26s R: %9.4f  SE %8.5f  [%8.4f, %8.4f]  n = %d   %s\n", p$figure, r[["value"]], r[["se"]],
              r[["low"]], r[["high"]], as.integer(r[["n"]]), if (agrees) "as published" else "DIFFERS FROM PUBLISHED"))
  if (!agrees)
    cat(sprintf("%-26s    %9.4f  SE %8.5f  [%8.4f, %8.4f]  n = %d   published\n", "", p$value, p$se, p$low, p$high,
                as.integer(p$n)))
}
if (!right) quit(status = 1)
