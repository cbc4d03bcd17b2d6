# The numbers in allocation.json, made by R alone, in another way than ours.
#
#   Rscript tests/sampling/oracle/allocation.R > tests/sampling/oracle/allocation.json
#
# n_h is proportional to a size measure: N_h (proportional), 1 (equal), sqrt(N_h) (power, Bankier 1988), N_h S_h (Neyman
# 1934, Cochran 1977, 5.5), cut to [min(m, N_h), N_h]. The factor comes from uniroot over the cut sum, where ours fixes
# bounds one after the other; what is left after rounding down goes to the largest remainders, among equal ones to the
# larger stratum, then to the first. Instances with remainders that nearly tie are left out: there doubles cannot decide. With nothing cut,
# Neyman's variance is checked to be the smallest of the four: sum N^2 S^2 / n - sum N S^2.

set.seed(20231101)

exact <- function(w, a, b, n) {
  cut_sum <- function(f) sum(pmin(pmax(w * f, a), b)) - n
  if (abs(cut_sum(1e12)) < 1e-9) return(b)
  f <- uniroot(cut_sum, c(0, max(b / w) * 2), tol = .Machine$double.eps, maxiter = 10000)$root
  pmin(pmax(w * f, a), b)
}

whole <- function(x, n, N) {
  down <- floor(x + 1e-9)
  left <- n - sum(down)
  if (left > 0) {
    first <- order(-round(x - down, 8), -N, seq_along(N))[seq_len(left)]
    down[first] <- down[first] + 1
  }
  down
}

decided <- function(x) {
  rest <- x - floor(x + 1e-9)
  open <- sort(rest[rest > 1e-6])
  all(rest < 1e-8 | (rest > 1e-6 & rest < 1 - 1e-6)) && all(diff(open) < 1e-9 | diff(open) > 1e-6)
}

weight <- list(
  proportional = function(N, S) N, equal = function(N, S) rep(1, length(N)),
  power = function(N, S) sqrt(N), neyman = function(N, S) N * S)

variance <- function(N, S, n) sum(N^2 * S^2 / n) - sum(N * S^2)

case <- function(method, N, S, n, m) {
  least <- pmin(m, N)
  x <- exact(weight[[method]](N, S), least, N, n)
  if (!decided(x)) return(NULL)
  result <- whole(x, n, N)
  stopifnot(sum(result) == n, all(result >= least), all(result <= N))
  sprintf('  {"method": "%s", "size": %d, "minimum": %d, "people": [%s], "spread": [%s], "drawn": [%s], "cut": %s}',
    method, n, m, toString(N), toString(S), toString(result),
    if (any(x == least | x == N)) "true" else "false")
}

cases <- character(0)
for (turn in 1:40) {
  H <- sample(2:12, 1)
  N <- sample(c(3:60, 100:3000), H, replace = TRUE)
  S <- sample(5:400, H, replace = TRUE)
  m <- sample(0:4, 1)
  low <- max(10, sum(pmin(m, N)))
  n <- sample(low:max(low, min(sum(N) - 1, 400)), 1)
  free <- vapply(names(weight), function(method) {
    w <- weight[[method]](N, S)
    variance(N, S, n * w / sum(w))
  }, 0)
  stopifnot(all(free[["neyman"]] <= free * (1 + 1e-12)))
  for (method in names(weight)) cases <- c(cases, case(method, N, S, n, m))
}

cat('{"made_by": "', R.version.string, '",\n"cases": [\n', paste(cases, collapse = ",\n"), "\n]}\n", sep = "")
