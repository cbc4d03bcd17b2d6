# The numbers in estimates.json, made by R and its package `survey` from single answers.
#
#   Rscript tests/surveys/estimates/oracle/estimates.R > tests/surveys/estimates/oracle/estimates.json
#
# Each design is written here answer by answer; the sums per stratum in the file are sums of these. Estimates, standard
# errors and degrees of freedom come from svymean, Student's limits from confint. The limits of a mean come from qbeta
# with n = p(1-p)/v, or n0 when v = 0, and those of a share from trying every possible number of yes with phyper.

suppressPackageStartupMessages(library(survey))

scale <- 10000  # integers per point, as the application stores an index

# A stratum: code, area, people, answers; `group` names the stratum its spread is measured in, `carries` is how many
# people its answers speak for, where these differ (strata joined, or carrying the people of a silent one).
stratum <- function(code, area, people, y, group = code, carries = people)
  list(code = code, area = area, people = people, y = y, group = group, carries = carries)

silent <- function(code, area, people) list(code = code, area = area, people = people, y = numeric(0))

of <- function(...) {
  pairs <- list(...)
  rep(vapply(pairs, `[`, 0, 1), vapply(pairs, `[`, 0, 2))  # value, how often
}

survey_design <- function(strata) {
  speaking <- Filter(function(s) length(s$y) > 0, strata)
  carried <- tapply(vapply(speaking, function(s) s$carries, 0), vapply(speaking, function(s) s$group, ""), sum)
  rows <- do.call(rbind, lapply(speaking, function(s) data.frame(
    y = s$y, group = s$group, w = s$carries / length(s$y), people = carried[[s$group]], f = length(s$y) / s$carries)))
  list(rows = rows, plan = svydesign(ids = ~1, strata = ~group, weights = ~w, fpc = ~people, data = rows))
}

n0 <- function(rows) {
  n <- nrow(rows)
  1 / (n / (n - 1) * sum(rows$w^2 * (1 - rows$f)) / sum(rows$w)^2)
}

mean_limits <- function(p, v, rows) {
  size <- if (v < 1e-25) n0(rows) else p * (1 - p) / v
  c(if (p <= 0) 0 else qbeta(0.025, p * size, size - p * size + 1),
    if (p >= 1) 1 else qbeta(0.975, p * size + 1, size - p * size))
}

share_limits <- function(p, v, rows, N) {
  n <- nrow(rows)
  most <- n0(rows)
  used <- if (v < 1e-25) most else min(p * (1 - p) / v, most)
  size <- min(floor((used + 1) / (1 + used / N) + 1e-9), n)
  hits <- floor(p * size + 0.5 + 1e-9)
  K <- 0:N
  upper <- phyper(hits - 1, K, N - K, size, lower.tail = FALSE)  # P(X >= hits | K)
  lower <- phyper(hits, K, N - K, size)                          # P(X <= hits | K)
  yes <- sum(rows$y)
  c(max(min(min(K[upper > 0.025]) / N, p), yes / N), min(max(max(K[lower > 0.025]) / N, p), 1 - (n - yes) / N))
}

number <- function(x) formatC(x, digits = 17, format = "g", width = 1)
whole <- function(x) sprintf("%.0f", x)
text <- function(x) paste0('"', x, '"')
object <- function(...) {
  fields <- list(...)
  paste0("{", paste0(text(names(fields)), ": ", unlist(fields), collapse = ", "), "}")
}

stratum_json <- function(s, kind) {
  if (kind == "share") return(object(stratum = text(s$code), area = text(s$area), population = whole(s$people),
                                     answered = whole(length(s$y)), yes = whole(sum(s$y))))
  y <- round(s$y * scale)
  object(stratum = text(s$code), area = text(s$area), population = whole(s$people), answered = whole(length(y)),
         total = whole(sum(y)), squares = whole(sum(y^2)))
}

case <- function(name, kind, strata) {
  d <- survey_design(strata)
  estimate <- svymean(~y, d$plan)
  value <- as.numeric(coef(estimate))
  v <- as.numeric(vcov(estimate))
  df <- degf(d$plan)
  t <- as.numeric(confint(estimate, df = df))
  N <- sum(vapply(strata, function(s) s$people, 0))
  limits <- if (kind == "share") share_limits(value, v, d$rows, N) else 100 * mean_limits(value / 100, v / 1e4, d$rows)
  object(name = text(name), kind = text(kind),
         strata = paste0("[", paste(vapply(strata, stratum_json, "", kind = kind), collapse = ",\n    "), "]"),
         value = number(value), standard_error = number(sqrt(v)), degrees_of_freedom = whole(df),
         low = number(limits[1]), high = number(limits[2]), t_low = number(t[1]), t_high = number(t[2]))
}

# A domain that cuts across strata: every answer has a flag, the domain has `people` people.
domain_json <- function(s, kind) {
  y <- if (kind == "share") s$y else round(s$y * scale)
  inside <- y[s$d == 1]
  sums <- if (kind == "share") list(yes = whole(sum(inside))) else
    list(total = whole(sum(inside)), squares = whole(sum(inside^2)))
  do.call(object, c(list(stratum = text(s$code), area = text(s$area), population = whole(s$people),
                         answered = whole(length(y))), sums, list(base = whole(length(inside)))))
}

in_domain <- function(code, area, people, y, d)
  list(code = code, area = area, people = people, y = y, d = d, group = code, carries = people)

domain <- function(name, kind, people, strata) {
  d <- survey_design(strata)
  d$rows$d <- unlist(lapply(strata, function(s) s$d))
  plan <- subset(update(d$plan, d = d$rows$d), d == 1)
  estimate <- svymean(~y, plan)
  value <- as.numeric(coef(estimate))
  v <- as.numeric(vcov(estimate))
  df <- degf(plan)
  t <- as.numeric(confint(estimate, df = df))
  inside <- d$rows[d$rows$d == 1, ]
  limits <- if (kind == "share") share_limits(value, v, inside, people) else
    100 * mean_limits(value / 100, v / 1e4, inside)
  object(name = text(name), kind = text(kind), domain = whole(people),
         strata = paste0("[", paste(vapply(strata, domain_json, "", kind = kind), collapse = ",\n    "), "]"),
         value = number(value), standard_error = number(sqrt(v)), degrees_of_freedom = whole(df),
         low = number(limits[1]), high = number(limits[2]), t_low = number(t[1]), t_high = number(t[2]))
}

bands <- of(c(65, 1), c(85.7143, 5), c(88.5714, 8), c(95, 30), c(97.5, 40), c(100, 40))

cases <- list(
  case("mean, one simple random sample of 124 of 1300", "mean", list(stratum("all", "a", 1300, bands))),
  case("mean, 100 of 150, low scores among them", "mean",
       list(stratum("all", "a", 150, of(c(0, 3), c(55, 7), c(80, 30), c(100, 60))))),
  case("mean, three strata in two areas", "mean", list(
    stratum("v1", "a", 412, of(c(100, 30), c(88.5714, 12), c(65, 2))),
    stratum("v2", "a", 287, of(c(100, 20), c(95, 9), c(42.8571, 1))),
    stratum("v3", "b", 139, of(c(97.1429, 11), c(80, 4))))),
  case("mean, one stratum asked completely", "mean", list(
    stratum("v1", "a", 412, of(c(100, 30), c(88.5714, 12), c(65, 2))),
    stratum("v2", "a", 6, c(100, 60, 80, 100, 95, 30)),
    stratum("v3", "b", 139, of(c(97.1429, 11), c(80, 4))))),
  case("mean, one answer joined with its neighbour", "mean", list(
    stratum("v1", "a", 40, of(c(100, 8), c(75, 4)), group = "v1+v2"),
    stratum("v2", "a", 9, c(60), group = "v1+v2"),
    stratum("v3", "b", 60, of(c(100, 15), c(90, 5))))),
  case("mean, a silent stratum carried by its area", "mean", list(
    stratum("v1", "a", 40, of(c(100, 8), c(75, 4)), carries = 40 * 120 / 100),
    stratum("v2", "a", 60, of(c(100, 9), c(85, 3)), carries = 60 * 120 / 100),
    silent("v3", "a", 20),
    stratum("v4", "b", 60, of(c(100, 15), c(90, 5))))),
  case("mean, a silent area carried by the others", "mean", list(
    stratum("v1", "a", 40, of(c(100, 8), c(75, 4)), carries = 40 * 1.3),
    stratum("v2", "b", 60, of(c(100, 9), c(85, 3)), carries = 60 * 1.3),
    silent("v3", "c", 30))),
  case("mean, everyone gave the same answer", "mean", list(
    stratum("v1", "a", 400, of(c(88.5714, 40))), stratum("v2", "b", 300, of(c(88.5714, 30))))),
  case("share, one simple random sample, 118 of 124 of 1300", "share",
       list(stratum("all", "a", 1300, of(c(1, 118), c(0, 6))))),
  case("share, 97 of 100 of 120", "share", list(stratum("all", "a", 120, of(c(1, 97), c(0, 3))))),
  case("share, everyone satisfied, 100 of 400", "share", list(stratum("all", "a", 400, of(c(1, 100))))),
  case("share, nobody satisfied, 12 of 40", "share", list(stratum("all", "a", 40, of(c(0, 12))))),
  case("share, three strata in two areas", "share", list(
    stratum("v1", "a", 412, of(c(1, 45), c(0, 4))), stratum("v2", "a", 287, of(c(1, 29), c(0, 5))),
    stratum("v3", "b", 139, of(c(1, 16), c(0, 1))))),
  case("share, everyone satisfied in unequal strata", "share", list(
    stratum("v1", "a", 412, of(c(1, 20))), stratum("v2", "a", 287, of(c(1, 60))), stratum("v3", "b", 9, of(c(1, 9))))),
  case("share, two single answers joined", "share", list(
    stratum("v1", "a", 30, c(1), group = "v1+v2"), stratum("v2", "a", 25, c(0), group = "v1+v2"),
    stratum("v3", "b", 80, of(c(1, 35), c(0, 2))))),
  case("share, a silent stratum carried by its area", "share", list(
    stratum("v1", "a", 40, of(c(1, 10), c(0, 2)), carries = 40 * 120 / 100),
    stratum("v2", "a", 60, of(c(1, 12)), carries = 60 * 120 / 100),
    silent("v3", "a", 20),
    stratum("v4", "b", 60, of(c(1, 18), c(0, 2))))),
  domain("mean, a third of one simple random sample", "mean", 400, list(
    in_domain("all", "", 1300, bands, rep(c(1, 0, 0), length.out = 124)))),
  domain("mean, an area across strata of groups", "mean", 260, list(
    in_domain("child", "", 90, of(c(100, 10), c(60, 5)), rep(c(1, 0), length.out = 15)),
    in_domain("elder", "", 420, of(c(100, 30), c(88.5714, 12), c(55, 3)), rep(c(0, 1, 1), length.out = 45)),
    in_domain("poor", "", 300, of(c(97.1429, 20), c(80, 9)), rep(c(0, 0, 1, 0), length.out = 29)))),
  domain("mean, a domain in one stratum alone", "mean", 60, list(
    in_domain("elder", "", 200, of(c(100, 12), c(75, 6), c(40, 2)), rep(c(1, 0), 10)),
    in_domain("poor", "", 150, of(c(90, 15)), rep(0, 15)))),
  domain("share, a third of one simple random sample", "share", 400, list(
    in_domain("all", "", 1300, of(c(1, 110), c(0, 14)), rep(c(1, 0, 0), length.out = 124)))),
  domain("share, an area across strata of groups", "share", 260, list(
    in_domain("child", "", 90, of(c(1, 13), c(0, 2)), rep(c(1, 0), length.out = 15)),
    in_domain("elder", "", 420, of(c(1, 40), c(0, 5)), rep(c(0, 1, 1), length.out = 45)),
    in_domain("poor", "", 300, of(c(1, 29)), rep(c(0, 0, 1, 0), length.out = 29)))),
  domain("share, a domain in which all agree", "share", 120, list(
    in_domain("elder", "", 200, of(c(1, 18), c(0, 2)), c(rep(1, 12), rep(0, 8))),
    in_domain("poor", "", 150, of(c(1, 15)), rep(c(1, 0, 0), 5)))))

cat('{"made_by": "', R.version.string, ", survey ", as.character(packageVersion("survey")), '",\n', sep = "")
cat('"cases": [\n  ', paste(unlist(cases), collapse = ",\n  "), "\n]}\n", sep = "")
