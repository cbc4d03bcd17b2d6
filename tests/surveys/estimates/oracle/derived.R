# The numbers in derived.json: totals, ratios, quantiles and changes between rounds, made by R and its package `survey`
# from single answers.
#
#   Rscript tests/surveys/estimates/oracle/derived.R > tests/surveys/estimates/oracle/derived.json
#
# Totals from svytotal, ratios from svyratio, quantiles from svyquantile(qrule = "math", interval.type = "mean"). Changes
# of people who were all asked twice from svymean of the differences; with some asked twice from the variances of svymean
# and, per stratum, (m / (n1 n2) - C / (N1 N2)) cov(), which the survey package does not have.

suppressPackageStartupMessages(library(survey))
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "writing.R"))
scale <- 10000

rows_of <- function(stratum, people, ...) data.frame(stratum = stratum, people = people, ..., stringsAsFactors = FALSE)
plan_of <- function(rows) svydesign(ids = ~1, strata = ~stratum, fpc = ~people, data = rows)
head_of <- function(r) list(stratum = text(r$stratum[1]), area = text("a"), population = whole(r$people[1]),
                            answered = whole(nrow(r)))
t_limits <- function(estimate, df) as.numeric(confint(estimate, df = df))

# People who are a yes; `d` is 1 for those of a domain, which has `people` people, or an unknown number of them (NA).
total_case <- function(name, rows, people = NULL) {
  plan <- plan_of(rows)
  if (is.null(people)) {
    estimate <- svytotal(~I(y * d), plan); value <- coef(estimate); se <- SE(estimate); df <- degf(plan)
    limits <- t_limits(estimate, df)
  } else {
    inside <- subset(plan, d == 1)
    estimate <- svymean(~y, inside); df <- degf(inside)
    value <- people * coef(estimate); se <- people * SE(estimate); limits <- people * t_limits(estimate, df)
  }
  object(name = text(name), kind = text("total"), domain = if (is.null(people)) "null" else whole(people),
         strata = by_stratum(rows, function(r) fields(c(head_of(r), list(
           yes = whole(sum(r$y * r$d)), base = if (all(r$d == 1)) "null" else whole(sum(r$d)))))),
         value = number(value), standard_error = number(se), degrees_of_freedom = whole(df),
         t_low = number(limits[1]), t_high = number(limits[2]))
}

ratio_case <- function(name, rows) {
  plan <- subset(plan_of(rows), d == 1)
  estimate <- svyratio(~y, ~x, plan); df <- degf(plan)
  limits <- t_limits(estimate, df)
  object(name = text(name), kind = text("ratio"),
         strata = by_stratum(rows, function(r) {
           x <- r$x * r$d; y <- r$y * r$d
           fields(c(head_of(r), list(x = whole(sum(x)), x_squares = whole(sum(x^2)), y = whole(sum(y)),
             y_squares = whole(sum(y^2)), products = whole(sum(x * y)),
             base = if (all(r$d == 1)) "null" else whole(sum(r$d)))))
         }),
         value = number(coef(estimate)), standard_error = number(SE(estimate)), degrees_of_freedom = whole(df),
         t_low = number(limits[1]), t_high = number(limits[2]))
}

quantile_case <- function(name, rows, p, people = NULL) {
  plan <- subset(plan_of(rows), d == 1)
  found <- svyquantile(~y, plan, quantiles = p, qrule = "math", interval.type = "mean", ci = TRUE)[[1]]
  object(name = text(name), kind = text("quantile"), part = text(format(p)),
         domain = if (is.null(people)) "null" else whole(people),
         strata = by_stratum(rows, function(r) {
           given <- table(whole(round(r$y[r$d == 1] * scale)))
           fields(c(head_of(r), list(values = if (length(given)) fields(setNames(as.list(given), names(given))) else "{}")))
         }),
         value = number(found[1, "quantile"]), degrees_of_freedom = whole(degf(plan)),
         t_low = number(found[1, 2]), t_high = number(found[1, 3]))
}

# `current` and `before`: rows with a person's number; `listed`: people on both lists, per stratum.
change_case <- function(name, kind, current, before, listed) {
  unit <- if (kind == "mean") scale else 1
  plans <- lapply(list(current, before), plan_of)
  means <- lapply(plans, function(p) svymean(~y, p))
  value <- as.numeric(coef(means[[1]]) - coef(means[[2]]))
  weigh <- function(rows, s) rows$people[rows$stratum == s][1] / sum(tapply(rows$people, rows$stratum, head, 1))
  covariance <- sum(vapply(names(listed), function(s) {
    a <- current[current$stratum == s, ]; b <- before[before$stratum == s, ]
    both <- merge(a, b, by = "person")
    if (nrow(both) < 2) return(0)
    weigh(current, s) * weigh(before, s) * cov(both$y.x, both$y.y) *
      (nrow(both) / (nrow(a) * nrow(b)) - listed[[s]] / (a$people[1] * b$people[1]))
  }, 0))
  se <- sqrt(as.numeric(vcov(means[[1]]) + vcov(means[[2]])) - 2 * covariance)
  if (all(unlist(listed) > 0) && identical(current$person, before$person)) {
    paired <- current; paired$y <- current$y - before$y
    stopifnot(isTRUE(all.equal(as.numeric(SE(svymean(~y, plan_of(paired)))), se, tolerance = 1e-12)))
  }
  # Satterthwaite's degrees of freedom, of both variances.
  v <- vapply(means, function(m) as.numeric(vcov(m)), 0); df <- vapply(plans, degf, 0)
  df <- sum(v)^2 / sum(v^2 / df)
  sums <- function(rows) by_stratum(rows, function(r) {
    y <- round(r$y * unit)
    fields(c(head_of(r), if (kind == "mean") list(total = whole(sum(y)), squares = whole(sum(y^2)))
             else list(yes = whole(sum(y)))))
  })
  twice <- list_of(vapply(names(listed), function(s) {
    both <- merge(current[current$stratum == s, ], before[before$stratum == s, ], by = "person")
    x <- round(both$y.x * unit); y <- round(both$y.y * unit)
    object(stratum = text(s), listed = whole(listed[[s]]), both = whole(nrow(both)), current = whole(sum(x)),
           before = whole(sum(y)), products = whole(sum(x * y)))
  }, ""))
  object(name = text(name), kind = text(paste0("change of a ", kind)), current = sums(current), before = sums(before),
         twice = twice, value = number(value), standard_error = number(se), p_value = number(2 * pt(-abs(value) / se, df)))
}

set.seed(20231117)
scores <- c(100, 100, 100, 95, 88.5714, 80, 55)
sample_of <- function(sizes, people, domain = 1) do.call(rbind, lapply(seq_along(sizes), function(i) {
  n <- sizes[i]
  rows_of(paste0("v", i), people[i], d = rbinom(n, 1, domain), y = rbinom(n, 1, 0.9))
}))
scored <- function(sizes, people, domain = 1) { rows <- sample_of(sizes, people, domain); rows$y <- sample(scores, nrow(rows), TRUE); rows }
paired <- function(sizes, people, domain = 1) {
  rows <- sample_of(sizes, people, domain)
  rows$x <- rpois(nrow(rows), 4); rows$y <- 20 * rows$x + rpois(nrow(rows), 30)
  rows
}
# Persons from..to of a stratum with scores that a person keeps more or less from round to round.
level <- rnorm(5000)
round_of <- function(stratum, people, persons, kind = "mean") {
  kept <- level[persons] + rnorm(length(persons), sd = 0.7)
  rows_of(stratum, people, person = paste(stratum, persons),
          y = if (kind == "mean") c(55, 80, 88.5714, 95, 100)[pmin(5, pmax(1, round(4.2 + kept)))] else 1 * (kept > -1.3))
}

one <- sample_of(124, 1300)
strata <- scored(c(44, 30, 15), c(412, 287, 139))
write_cases(c(
  total_case("one simple random sample", one),
  total_case("three strata", sample_of(c(49, 34, 17), c(412, 287, 139))),
  total_case("three strata, one asked completely", sample_of(c(49, 9, 17), c(412, 9, 139))),
  total_case("a part of known size", sample_of(c(49, 34, 17), c(412, 287, 139), 0.4), 330),
  total_case("a part of unknown size", sample_of(c(49, 34, 17), c(412, 287, 139), 0.4)),
  ratio_case("one simple random sample", paired(100, 700)),
  ratio_case("three strata", paired(c(40, 30, 12), c(412, 287, 139))),
  ratio_case("three strata, one asked completely", paired(c(40, 9, 12), c(412, 9, 139))),
  ratio_case("a part across strata", paired(c(40, 30, 12), c(412, 287, 139), 0.5)),
  quantile_case("median of one simple random sample", scored(111, 1300), 0.5),
  quantile_case("a tenth of one simple random sample", scored(111, 1300), 0.1),
  quantile_case("a quarter of three strata", strata, 0.25),
  quantile_case("median of three strata", strata, 0.5),
  quantile_case("nine tenths, above which nobody is", strata, 0.9),
  quantile_case("median of a part", scored(c(44, 30, 15), c(412, 287, 139), 0.4), 0.5, 340),
  quantile_case("a quarter, many values", { r <- scored(c(60, 50), c(300, 500)); r$y <- round(runif(110, 40, 100), 4); r }, 0.25),
  quantile_case("median, many values", { r <- scored(c(60, 50), c(300, 500)); r$y <- round(rbeta(110, 8, 2) * 100, 4); r }, 0.5),
  change_case("the same people of the same lists", "mean", rbind(round_of("v1", 300, 1:40), round_of("v2", 120, 1:20)),
              rbind(round_of("v1", 300, 1:40), round_of("v2", 120, 1:20)), list(v1 = 300, v2 = 120)),
  change_case("some asked twice", "mean", rbind(round_of("v1", 300, 1:40), round_of("v2", 120, 1:20)),
              rbind(round_of("v1", 300, 26:70), round_of("v2", 120, 9:30)), list(v1 = 300, v2 = 120)),
  change_case("lists that changed", "mean", rbind(round_of("v1", 310, 1:40), round_of("v2", 100, 1:20)),
              rbind(round_of("v1", 300, 26:70), round_of("v2", 120, 9:30)), list(v1 = 280, v2 = 95)),
  change_case("nobody asked twice in one stratum", "mean", rbind(round_of("v1", 300, 1:40), round_of("v2", 120, 1:20)),
              rbind(round_of("v1", 300, 31:80), round_of("v2", 120, 21:40)), list(v1 = 300, v2 = 120)),
  change_case("the same people, yes or no", "share", round_of("v1", 400, 1:90, "share"), round_of("v1", 400, 1:90, "share"),
              list(v1 = 400)),
  change_case("some asked twice, yes or no", "share", rbind(round_of("v1", 300, 1:60, "share"), round_of("v2", 120, 1:40, "share")),
              rbind(round_of("v1", 300, 26:90, "share"), round_of("v2", 120, 9:50, "share")), list(v1 = 300, v2 = 120))))
