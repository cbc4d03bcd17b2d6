# How the scripts beside this one write JSON: numbers with all their digits, and nothing but what base R has.

number <- function(x) ifelse(is.na(x), "null", formatC(as.numeric(x), digits = 17, format = "g", width = 1))
whole <- function(x) sprintf("%.0f", x)
text <- function(x) paste0('"', x, '"')
list_of <- function(x) paste0("[", paste(x, collapse = ", "), "]")
fields <- function(pairs) paste0("{", paste0(text(names(pairs)), ": ", unlist(pairs), collapse = ", "), "}")
object <- function(...) fields(list(...))

# One value of every distinct stratum, in order, made from its rows.
by_stratum <- function(rows, make) list_of(vapply(unique(rows$stratum), function(s) make(rows[rows$stratum == s, ]), ""))

write_cases <- function(cases) {
  cat('{"made_by": "', R.version.string, ", survey ", as.character(packageVersion("survey")), '",\n', sep = "")
  cat('"cases": [\n  ', paste(cases, collapse = ",\n  "), "\n]}\n", sep = "")
}
