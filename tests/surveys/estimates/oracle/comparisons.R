# The numbers in comparisons.json, made by R and its package `survey` from single answers.
#
#   Rscript tests/surveys/estimates/oracle/comparisons.R > tests/surveys/estimates/oracle/comparisons.json
#
# Two or three groups of one stratified sample. The difference of two means and its standard error come from svyby with
# covariances and svycontrast, degrees of freedom from degf of the two groups' subset; the test of the table from
# svychisq(statistic = "F"). Limits of alpha: Feldt 1965.

suppressPackageStartupMessages(library(survey))
options(digits = 17)
number <- function(x) formatC(as.numeric(x), digits = 17, format = "g", width = 1)
text <- function(x) paste0('"', x, '"')
object <- function(...) {
  fields <- list(...)
  paste0("{", paste0(text(names(fields)), ": ", unlist(fields), collapse = ", "), "}")
}
list_of <- function(x) paste0("[", paste(x, collapse = ", "), "]")

# Rows of answers: stratum, people, group, value.
rows_of <- function(stratum, people, group, y)
  data.frame(stratum = stratum, people = people, group = group, y = y, stringsAsFactors = FALSE)

sums <- function(rows, scale) {
  keys <- unique(rows[c("stratum", "people")])
  list_of(mapply(function(s, p) {
    here <- rows[rows$stratum == s, ]
    groups <- vapply(sort(unique(rows$group)), function(g) {
      y <- round(here$y[here$group == g] * scale)
      object(group = text(g), base = length(y), total = sprintf("%.0f", sum(y)), squares = sprintf("%.0f", sum(y^2)))
    }, "")
    object(stratum = text(s), population = p, answered = nrow(here), groups = list_of(groups))
  }, keys$stratum, keys$people))
}

means <- function(name, rows) {
  plan <- svydesign(ids = ~1, strata = ~stratum, fpc = ~people, data = rows)
  by <- svyby(~y, ~group, plan, svymean, covmat = TRUE)
  groups <- sort(unique(rows$group))[1:2]
  contrast <- svycontrast(by, setNames(c(1, -1), groups))
  df <- degf(subset(plan, group %in% groups))
  se <- as.numeric(SE(contrast)); value <- as.numeric(coef(contrast))
  object(name = text(name), kind = text("mean"), strata = sums(rows, 10000), value = number(value),
         standard_error = number(se), degrees_of_freedom = df,
         low = number(value - qt(0.975, df) * se), high = number(value + qt(0.975, df) * se),
         p_value = number(2 * pt(-abs(value) / se, df)))
}

# Of `groups` alone: the subset of the whole design; the sums of the others stay in the strata.
table_of <- function(name, rows, groups = unique(rows$group)) {
  plan <- svydesign(ids = ~1, strata = ~stratum, fpc = ~people, data = rows)
  plan <- subset(plan, group %in% groups)
  test <- svychisq(~group + y, plan, statistic = "F")
  object(name = text(name), kind = text("table"), groups = list_of(text(sort(groups))), strata = sums(rows, 1), statistic = number(test$statistic),
         df1 = number(test$parameter[1]), df2 = number(test$parameter[2]), p_value = number(test$p.value))
}

set.seed(20231117)
sample_of <- function(groups, values, sizes, people) {
  do.call(rbind, lapply(seq_along(sizes), function(i)
    rows_of(paste0("v", i), people[i], sample(groups, sizes[i], TRUE), sample(values, sizes[i], TRUE))))
}
scores <- c(100, 100, 100, 95, 88.5714, 80, 55)
cases <- c(
  means("two modes in three villages", sample_of(c("phone", "visit"), scores, c(40, 30, 20), c(412, 287, 139))),
  means("two of three interviewers, one sample", sample_of(c("a", "b", "c"), scores, 60, 300)),
  means("two areas that are unions of strata", rbind(
    rows_of("v1", 120, "a", sample(scores, 25, TRUE)), rows_of("v2", 80, "a", sample(scores, 15, TRUE)),
    rows_of("v3", 150, "b", sample(scores, 30, TRUE)))),
  means("a village asked completely", rbind(
    rows_of("v1", 6, c("a", "b", "a", "a", "b", "b"), c(100, 80, 95, 60, 100, 55)),
    rows_of("v2", 150, sample(c("a", "b"), 30, TRUE), sample(scores, 30, TRUE)))),
  table_of("two modes, yes or no", sample_of(c("phone", "visit"), c(1, 1, 1, 0), c(40, 30, 20), c(412, 287, 139))),
  table_of("four interviewers, yes or no", sample_of(c("a", "b", "c", "d"), c(1, 1, 0), c(70, 50), c(900, 120))),
  table_of("three groups in one simple random sample", sample_of(c("a", "b", "c"), c(1, 1, 1, 1, 0), 124, 1300)),
  table_of("two of three interviewers", sample_of(c("a", "b", "c"), c(1, 1, 0), c(70, 50), c(900, 120)), c("a", "c")),
  table_of("two of three groups, the third alone in a stratum", rbind(
    sample_of(c("a", "b"), c(1, 1, 0), c(40, 30), c(300, 100)), rows_of("v3", 80, "c", rep(c(1, 0), 6))), c("a", "b")),
  table_of("a cell of nobody", rbind(
    rows_of("v1", 200, "a", rep(1, 20)), rows_of("v1", 200, "b", rep(c(1, 0), 15)),
    rows_of("v2", 90, "a", rep(1, 10)), rows_of("v2", 90, "b", rep(c(1, 1, 0), 5)))))

# Cronbach's alpha of complete answers to items of a scale, with Feldt's interval, and item-rest correlations.
alpha_case <- function(name, x) {
  k <- ncol(x); n <- nrow(x); total <- rowSums(x)
  a <- k / (k - 1) * (1 - sum(apply(x, 2, var)) / var(total))
  f <- c(qf(0.975, n - 1, (n - 1) * (k - 1)), qf(0.025, n - 1, (n - 1) * (k - 1)))
  rest <- vapply(seq_len(k), function(i) cor(x[, i], total - x[, i]), 0)
  object(name = text(name), kind = text("alpha"), n = n,
         rows = list_of(apply(x, 1, function(r) list_of(r))), alpha = number(a),
         low = number(1 - (1 - a) * f[1]), high = number(1 - (1 - a) * f[2]), rest = list_of(number(rest)))
}
trait <- rnorm(60)
level <- function(noise) c(0, 30, 60, 80, 100)[pmin(5, pmax(1, round(4 + trait + rnorm(60, sd = noise))))]
cases <- c(cases,
  alpha_case("eight items of sixty people", sapply(1:8, function(i) level(0.8))),
  alpha_case("four noisy items", sapply(1:4, function(i) level(3))))

# Exact tests of small tables of groups x (yes, no), on the answers themselves.
exact_case <- function(name, yes, no) object(
  name = text(name), kind = text("exact"), rows = list_of(mapply(function(a, b) list_of(c(a, b)), yes, no)),
  p_value = number(fisher.test(cbind(yes, no))$p.value))
cases <- c(cases,
  exact_case("two groups", c(38, 11), c(1, 3)),
  exact_case("two groups, one all satisfied", c(60, 47), c(0, 4)),
  exact_case("three groups", c(40, 31, 12), c(1, 4, 3)),
  exact_case("five groups, most all satisfied", c(25, 24, 30, 9, 17), c(0, 1, 0, 2, 1)))

cat('{"made_by": "', R.version.string, ", survey ", as.character(packageVersion("survey")), '",\n', sep = "")
cat('"cases": [\n  ', paste(cases, collapse = ",\n  "), "\n]}\n", sep = "")
