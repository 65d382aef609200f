# Power by R: Rscript r_power.R > expected_r.json (five minutes, nearly all of it the multivariate t)
# pwr and power.prop.test solve for an effect with a tolerance of 1e-4 on the root, so effects are solved here
# from their power functions, to 1e-13.
suppressPackageStartupMessages({library(pwr); library(mvtnorm)})
options(digits = 15)

solve_for <- function(power_of, power, interval) {
  uniroot(function(effect) power_of(effect) - power, interval, tol = 1e-13)$root
}
t_power <- function(d, n1, n2, level) pwr.t2n.test(n1 = n1, n2 = n2, d = d, sig.level = level)$power
h_power <- function(h, n1, n2, level) pwr.2p2n.test(h = h, n1 = n1, n2 = n2, sig.level = level)$power
prop_power <- function(p1, p2, n, level) power.prop.test(n = n, p1 = p1, p2 = p2, sig.level = level)$power

results <- list()
add <- function(formula, arguments, value) {
  results[[length(results) + 1]] <<- list(formula = formula, arguments = arguments, value = value)
}
for (level in c(0.05, 0.0125)) for (n in list(c(178, 178), c(60, 150), c(9, 9), c(4000, 3000))) {
  for (d in c(0.1, 0.3, 0.8)) add("t_power", list(d, n[1], n[2], level), t_power(d, n[1], n[2], level))
  for (h in c(0.1, 0.3)) add("h_power", list(h, n[1], n[2], level), h_power(h, n[1], n[2], level))
  add("t_effect", list(n[1], n[2], level, 0.8),
      solve_for(function(d) t_power(d, n[1], n[2], level), 0.8, c(1e-3, 5)))
  add("h_effect", list(n[1], n[2], level, 0.9),
      solve_for(function(h) h_power(h, n[1], n[2], level), 0.9, c(1e-3, 5)))
}
for (base in c(0.05, 0.1, 0.15)) for (n in c(91, 100, 178, 1000)) {
  for (rise in c(0.02, 0.1)) {
    add("pooled_power", list(base, base + rise, n, 0.05), prop_power(base, base + rise, n, 0.05))
  }
  add("pooled_effect", list(base, n, 0.05, 0.8),
      solve_for(function(rise) prop_power(base, base + rise, n, 0.05), 0.8, c(1e-3, 0.8)))
}
add("cohens_h", list(0.25, 0.15), ES.h(0.25, 0.15))

# Any-pair and all-pairs power of arms that share a control, by inclusion and exclusion.
accepted <- function(shifts, correlation, critical, df) {
  k <- length(shifts)
  if (k == 1 && is.infinite(df)) return(diff(pnorm(c(-critical, critical) - shifts)))
  if (k == 1) return(diff(pt(c(-critical, critical), df, ncp = shifts)))
  if (is.infinite(df)) {
    return(pmvnorm(rep(-critical, k), rep(critical, k), mean = shifts, corr = correlation,
                   algorithm = GenzBretz(maxpts = 1e7, abseps = 1e-8))[1])
  }
  pmvt(rep(-critical, k), rep(critical, k), delta = shifts, df = df, corr = correlation,
       type = "Kshirsagar", algorithm = GenzBretz(maxpts = 1e7, abseps = 1e-8))[1]
}
both <- function(shifts, loadings, critical, df) {
  correlation <- outer(loadings, loadings)
  diag(correlation) <- 1
  k <- length(shifts)
  everyone <- 1
  for (size in 1:k) for (set in combn(k, size, simplify = FALSE)) {
    everyone <- everyone + (-1)^size * accepted(shifts[set], correlation[set, set, drop = FALSE], critical, df)
  }
  c(1 - accepted(shifts, correlation, critical, df), everyone)
}
set.seed(1)
for (df in c(Inf, 60)) {
  add("joint", list(c(2.8, 2.8, 2.8, 2.8), rep(sqrt(0.5), 4), 2.4457, df),
      both(rep(2.8, 4), rep(sqrt(0.5), 4), 2.4457, df))
  add("joint", list(c(1.5, 3.2), c(0.5, 0.8), 1.96, df), both(c(1.5, 3.2), c(0.5, 0.8), 1.96, df))
}

# Critical values of arms that share a control, where the probability that no difference is shown is 95%: by
# adaptive integration over the control and the residual variance, which Genz and Bretz's method does not use.
none_shown <- function(critical, loadings, df) {
  given_spread <- function(spread) sapply(spread, function(s) integrate(function(z) {
    inside <- 1
    for (l in loadings) {
      rest <- sqrt(1 - l^2)
      inside <- inside * (pnorm((critical * s - l * z) / rest) - pnorm((-critical * s - l * z) / rest))
    }
    inside * dnorm(z)
  }, -9, 9, rel.tol = 1e-11, subdivisions = 500)$value)
  if (is.infinite(df)) return(given_spread(1))
  density <- function(s) 2 * df * s * dchisq(df * s^2, df)
  integrate(function(s) given_spread(s) * density(s), 0, 1 + 12 / sqrt(df), rel.tol = 1e-10,
            subdivisions = 500)$value
}
for (case in list(list(rep(sqrt(0.5), 4), Inf), list(rep(sqrt(0.5), 4), 40), list(rep(sqrt(0.5), 4), 885),
                  list(c(0.5, 0.8), 4), list(c(0.5, 0.8), 60))) {
  value <- uniroot(function(critical) none_shown(critical, case[[1]], case[[2]]) - 0.95, c(1.9, 6),
                   tol = 1e-11)$root
  add("critical", list(case[[1]], case[[2]]), value)
}

as_json <- function(x) {
  if (is.list(x) && !is.null(names(x))) {
    fields <- sapply(names(x), function(name) paste0('"', name, '": ', as_json(x[[name]])))
    return(paste0("{", paste(fields, collapse = ", "), "}"))
  }
  if (is.list(x) || length(x) > 1) {
    return(paste0("[", paste(sapply(x, as_json), collapse = ", "), "]"))
  }
  if (is.character(x)) return(paste0('"', x, '"'))
  if (is.infinite(x)) return("null")
  sub("^ *", "", formatC(x, digits = 15, format = "g"))
}
versions <- list(R = paste0(R.version$major, ".", R.version$minor), pwr = as.character(packageVersion("pwr")),
                 mvtnorm = as.character(packageVersion("mvtnorm")))
cat('{"versions": ', as_json(versions), ',\n "results": [\n', sep = "")
cat(paste(sapply(results, as_json), collapse = ",\n"), "\n]}\n", sep = "")
