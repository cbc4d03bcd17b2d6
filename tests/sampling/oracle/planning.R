# The numbers in planning.json, made by R alone.
#
#   Rscript tests/sampling/oracle/planning.R > tests/sampling/oracle/planning.json
#
# Luck by phyper and dhyper over every count, where ours multiplies ratios of neighbours outwards from the mode; bands by
# counting the lines a share reaches (in whole numbers: 100 k >= c n). Sizes by walking up from 1 until the margin fits,
# where ours bisects. The binomial tail by pbinom, the fewest to draw by walking. Kish's design effect from one weight for
# every single person drawn, 1 + relvariance, where ours has a sum over strata. The margin of strata from the variance of
# every stratum's mean as R's var() gives it for a population of zeros and ones.

options(digits = 15, scipen = 20)
set.seed(20231117)
number <- function(x) format(x, digits = 15)
list_of <- function(x) paste0("[", paste(vapply(x, number, ""), collapse = ", "), "]")

band <- function(k, n, lines) vapply(k, function(one) sum(100 * one >= lines * n), 0)

luck <- function(N, K, n, lines) {
  k <- 0:n
  side <- sign(band(k, n, lines) - band(K, N, lines))
  p <- dhyper(k, K, N - K, n)
  sprintf('  {"people": %d, "satisfied": %d, "asked": %d, "lines": %s, "below": %s, "same": %s, "above": %s, "at_most": %s}',
    N, K, n, list_of(lines), number(sum(p[side < 0])), number(sum(p[side == 0])), number(sum(p[side > 0])),
    number(phyper(floor(n * K / N), K, N - K, n)))
}
lucks <- c(luck(1300, 1144, 100, 90), luck(1300, 1144, 400, 90), luck(10, 8, 4, 50))
for (turn in 1:60) {
  N <- sample(c(100:400, 1000:5000, 1e6), 1)
  K <- round(N * sample(c(0, 55:100), 1) / 100)
  n <- sample(c(1, 30, 100, 124, 200, N), 1)
  lines <- list(90, c(60, 80, 90), c(60, 75, 85, 95))[[sample(3, 1)]]
  lucks <- c(lucks, luck(as.integer(N), as.integer(K), as.integer(min(n, N)), lines))
}

z <- qnorm(0.975)
half <- function(n, N, p) z * sqrt(p * (1 - p) / n * (N - n) / (N - 1))
margins <- character(0)
for (N in c(2, 60, 101, 150, 1300, 5000, 1000000)) for (p in c(0.5, 0.9)) for (d in c(0.02, 0.05, 0.098, 0.1)) {
  n <- 1
  while (half(n, N, p) > d) n <- n + 1
  margins <- c(margins, sprintf('  {"people": %d, "share": %s, "wanted": %s, "size": %d, "margin": %s}',
    as.integer(N), number(p), number(d), as.integer(n), number(half(n, N, p))))
}

strata <- character(0)
for (turn in 1:30) {
  H <- sample(1:6, 1)
  N <- sample(20:900, H)
  n <- vapply(N, function(one) sample(seq_len(min(one, 80)), 1), 0L)
  yes <- vapply(N, function(one) sample(seq_len(one - 1), 1), 0L)
  mean_variance <- vapply(seq_len(H), function(h) var(rep(c(1, 0), c(yes[h], N[h] - yes[h]))) * (1 - n[h] / N[h]) / n[h], 0)
  weight <- rep(N / n, n)
  strata <- c(strata, sprintf('  {"people": %s, "drawn": %s, "satisfied": %s, "margin": %s, "effect": %s}', list_of(N), list_of(n),
    list_of(yes), number(z * sqrt(sum((N / sum(N))^2 * mean_variance))),
    number(1 + mean((weight - mean(weight))^2) / mean(weight)^2)))
}

answers <- character(0)
for (rate in c(1, 20, 33, 60, 80, 99, 100)) for (wanted in c(1, 60, 100, 385)) {
  mean_size <- ceiling(wanted * 100 / rate - 1e-9)
  n <- wanted
  while (pbinom(wanted - 1, n, rate / 100, lower.tail = FALSE) < 0.9) n <- n + 1
  answers <- c(answers, sprintf('  {"answers": %d, "rate": %d, "size": %d, "chance": %s, "surely": %d}', as.integer(wanted),
    as.integer(rate), as.integer(mean_size), number(pbinom(wanted - 1, mean_size, rate / 100, lower.tail = FALSE)), as.integer(n)))
}

table <- function(name, rows) paste0('"', name, '": [\n', paste(rows, collapse = ",\n"), "\n]")
cat('{"made_by": "', R.version.string, '",\n', paste(table("luck", lucks), table("margins", margins),
  table("strata", strata), table("answers", answers), sep = ",\n"), "}\n", sep = "")
