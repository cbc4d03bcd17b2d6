# The numbers in weighting.json: post-stratification, raking and weighting classes, made by R and its package `survey`
# from single answers.
#
#   Rscript tests/surveys/estimates/oracle/weighting.R > tests/surveys/estimates/oracle/weighting.json
#
# Post-stratification is calibrate() on the cells, raking calibrate(calfun = "raking") on the margins, whose weights are
# compared with rake() here. Weighting classes with one stratum are twophase(method = "full"); with several strata the
# variance is summed over all pairs of answers with their joint probabilities, which the survey package gets wrong where
# strata of the first phase have different sizes and not everyone answered.

suppressPackageStartupMessages(library(survey))
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "writing.R"))
scale <- 10000

unit_of <- function(rows) if (rows$points[1]) scale else 1
cells_of <- function(rows, margins) list_of(vapply(split(rows, list(rows$stratum, rows$a, rows$b), drop = TRUE), function(r) {
  y <- round(r$y[r$answered] * unit_of(rows))
  fields(list(stratum = text(r$stratum[1]),
              cell = list_of(vapply(margins, function(m) text(r[[m]][1]), "")),
              answered = whole(length(y)), total = whole(sum(y)), squares = whole(sum(y^2)), sampled = whole(nrow(r))))
}, ""))
populations_of <- function(rows) fields(as.list(tapply(rows$people, rows$stratum, function(p) whole(p[1]))))
case_of <- function(name, kind, rows, margins, known, value, se, df, weights) object(
  name = text(name), kind = text(kind), points = if (rows$points[1]) "true" else "false",
  cells = cells_of(rows, margins), populations = populations_of(rows), known = known, value = number(value),
  standard_error = number(se), degrees_of_freedom = whole(df), largest_weight = number(max(weights)))

design_of <- function(rows) svydesign(ids = ~1, strata = ~stratum, fpc = ~people, data = rows[rows$answered, ])
exactly <- list(epsilon = 1e-13, maxit = 500)

post_case <- function(name, rows, known) {
  rows$b <- "x"
  plan <- design_of(rows)
  fitted <- calibrate(plan, ~factor(a) - 1, population = setNames(known, paste0("factor(a)", names(known))))
  found <- svymean(~y, fitted)
  case_of(name, "post", rows, "a", fields(lapply(as.list(known), whole)), coef(found), SE(found), degf(plan), weights(fitted))
}

rake_case <- function(name, rows, known_a, known_b) {
  plan <- design_of(rows)
  by_hand <- rake(plan, list(~a, ~b), list(data.frame(a = names(known_a), Freq = known_a),
                                           data.frame(b = names(known_b), Freq = known_b)),
                  control = list(epsilon = 1e-9, maxit = 500))
  fitted <- calibrate(plan, ~a + b, calfun = "raking", epsilon = 1e-13, maxit = 500,
                      population = c(`(Intercept)` = sum(known_a), setNames(known_a[-1], paste0("a", names(known_a)[-1])),
                                     setNames(known_b[-1], paste0("b", names(known_b)[-1]))))
  stopifnot(max(abs(weights(by_hand) - weights(fitted))) < 1e-6)
  found <- svymean(~y, fitted)
  margins <- list_of(c(fields(lapply(as.list(known_a), whole)), fields(lapply(as.list(known_b), whole))))
  case_of(name, "rake", rows, c("a", "b"), margins, coef(found), SE(found), degf(plan), weights(fitted))
}

# Response classes: `a`. One stratum by twophase(); several by every pair.
class_case <- function(name, rows) {
  rows$b <- "x"
  asked <- tapply(rows$answered, rows$stratum, length)
  m <- tapply(rows$answered, rows$a, length); n <- tapply(rows$answered, rows$a, sum)
  first <- rows$people / asked[rows$stratum]
  second <- m[rows$a] / n[rows$a]
  w <- (first * second)[rows$answered]
  y <- rows$y[rows$answered]
  value <- sum(w * y) / sum(w)
  if (length(asked) == 1) {
    plan <- twophase(id = list(~1, ~1), strata = list(~stratum, ~a), fpc = list(~people, NULL), subset = ~answered,
                     data = rows, method = "full")
    found <- svymean(~y, plan)
    stopifnot(abs(coef(found) - value) < 1e-9)
    se <- SE(found)
  } else {
    r <- rows[rows$answered, ]
    z <- (r$y - value) / sum(w)
    N <- r$people; M <- asked[r$stratum]
    same_stratum <- outer(r$stratum, r$stratum, "=="); same_class <- outer(r$a, r$a, "==")
    p1 <- outer(M / N, M / N); p1[same_stratum] <- outer(M / N, (M - 1) / (N - 1))[same_stratum]; diag(p1) <- M / N
    nc <- n[r$a]; mc <- m[r$a]
    p2 <- outer(nc / mc, nc / mc); p2[same_class] <- outer(nc / mc, (nc - 1) / (mc - 1))[same_class]; diag(p2) <- nc / mc
    one <- outer(M / N, M / N); two <- outer(nc / mc, nc / mc)
    sampling <- sum((p1 - one) / (p1 * p2) * outer(z / (M / N), z / (M / N)))
    responding <- sum((p2 - two) / p2 * outer(z / (M / N * nc / mc), z / (M / N * nc / mc)))
    se <- sqrt(sampling + responding)
  }
  case_of(name, "class", rows, "a", "null", value, se, sum(rows$answered) - length(asked), w)
}

people <- function(stratum, N, a, b, y, answered = TRUE, points = TRUE)
  data.frame(stratum = stratum, people = N, a = a, b = b, y = y, answered = answered, points = points,
             stringsAsFactors = FALSE)

set.seed(20231117)
some <- function(stratum, N, m, points = TRUE, reached = 1) people(
  stratum, N, sample(c("young", "old", "oldest"), m, TRUE, c(3, 4, 2)), sample(c("f", "m"), m, TRUE),
  if (points) round(pmin(100, 82 + rnorm(m, sd = 11)), 4) else as.numeric(runif(m) < 0.87), runif(m) < reached, points)
several <- function(points = TRUE, reached = 1) rbind(some("s1", 240, 34, points, reached), some("s2", 90, 25, points, reached),
                                                     some("s3", 410, 47, points, reached))
full <- function() { r <- rbind(some("s1", 60, 60, TRUE, 0.7), some("s2", 35, 35, TRUE, 0.8)); r }

write_cases(c(
  post_case("one stratum, points", some("s1", 400, 60), c(old = 190, oldest = 70, young = 140)),
  post_case("one stratum, shares", some("s1", 400, 60, FALSE), c(old = 150, oldest = 90, young = 160)),
  post_case("three strata, points", several(), c(old = 330, oldest = 150, young = 260)),
  post_case("three strata, shares", several(FALSE), c(old = 300, oldest = 180, young = 260)),
  post_case("everyone asked, some not reached", full(), c(old = 40, oldest = 22, young = 33)),
  rake_case("one stratum, points", some("s1", 400, 80), c(old = 190, oldest = 70, young = 140), c(f = 230, m = 170)),
  rake_case("three strata, points", several(), c(old = 330, oldest = 150, young = 260), c(f = 400, m = 340)),
  rake_case("three strata, shares", several(FALSE), c(old = 300, oldest = 180, young = 260), c(f = 330, m = 410)),
  class_case("one stratum, points", some("s1", 400, 90, TRUE, 0.75)),
  class_case("one stratum, shares", some("s1", 300, 110, FALSE, 0.8)),
  class_case("three strata, points", several(TRUE, 0.7)),
  class_case("three strata, shares", several(FALSE, 0.75)),
  class_case("everyone asked, some not reached", full())
))
