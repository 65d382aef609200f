# Reference values from R. Run as: Rscript r_oracles.R DESIGN.csv > expected_r.json
# The file is written by designs.py. Prints a JSON object: versions, and per case point, std_error, df and such.
suppressPackageStartupMessages({
  library(estimatr); library(clubSandwich); library(sandwich); library(mvtnorm); library(AER); library(jsonlite)
})
d <- read.csv(commandArgs(trailingOnly = TRUE)[1])
for (a in 1:3) d[[paste0("a", a)]] <- as.numeric(d$arm == a)
d$armf <- factor(d$arm)
arms <- c("a1", "a2", "a3")
results <- list()
keep <- function(name, ...) results[[name]] <<- lapply(list(...), as.numeric)

keep_robust <- function(name, fit, rows = arms) {
  keep(name, point = fit$coefficients[rows], std_error = fit$std.error[rows], df = fit$df[rows])
}

formula <- y ~ a1 + a2 + a3 + x1 + x2
for (se in c("classical", "HC0", "HC1", "HC2", "HC3")) {
  keep_robust(paste0("estimatr_", se), lm_robust(formula, d, se_type = se))
  keep_robust(paste0("estimatr_weighted_", se), lm_robust(formula, d, weights = weight, se_type = se))
}
for (se in c("CR0", "stata", "CR2")) {
  keep_robust(paste0("estimatr_", se), lm_robust(formula, d, clusters = cluster, se_type = se))
  keep_robust(paste0("estimatr_weighted_", se),
              lm_robust(formula, d, clusters = cluster, weights = weight, se_type = se))
}
keep_robust("estimatr_household_CR2", lm_robust(formula, d, clusters = household, se_type = "CR2"))

plain <- lm(formula, d)
weighted <- lm(formula, d, weights = weight)
for (type in c("HC2", "HC3")) {
  keep(paste0("sandwich_weighted_", type), std_error = sqrt(diag(vcovHC(weighted, type)))[arms])
}
keep_club <- function(name, model, cluster, type) {
  test <- coef_test(model, vcov = type, cluster = cluster, test = "Satterthwaite")
  rows <- match(arms, rownames(test))
  keep(name, point = test$beta[rows], std_error = test$SE[rows], df = test[rows, grep("^df", names(test))[1]])
}
keep_club("clubsandwich_CR2", plain, d$cluster, "CR2")
keep_club("clubsandwich_weighted_CR2", weighted, d$cluster, "CR2")
keep_club("clubsandwich_household_CR2", plain, d$household, "CR2")
keep_club("clubsandwich_household_weighted_CR2", weighted, d$household, "CR2")

lin <- lm_lin(y ~ armf, covariates = ~ x1 + x2, data = d, se_type = "HC2")
keep_robust("lin_HC2", lin, c("armf1", "armf2", "armf3"))
lin <- lm_lin(y ~ armf, covariates = ~ x1 + x2, data = d, weights = weight, clusters = cluster, se_type = "CR2")
keep_robust("lin_weighted_CR2", lin, c("armf1", "armf2", "armf3"))

two <- d[d$arm < 2, ]
blocked <- difference_in_means(y ~ a1, data = two, blocks = stratum)
keep("blocked_HC2", point = blocked$coefficients, std_error = blocked$std.error, df = blocked$df)

# saturated cells, weighed by the number of rows of the stratum
d$cell <- factor(d$arm * 10 + d$stratum)
shares <- as.numeric(table(d$stratum)) / nrow(d)
stratified <- function(a) {
  weights <- rep(0, nlevels(d$cell))
  weights[match(a * 10 + 0:4, levels(d$cell))] <- shares
  weights[match(0:4, levels(d$cell))] <- -shares
  weights
}
rows <- rbind(stratified(1), stratified(2), stratified(3))
# coordinates in which the three contrasts are the first three coefficients
to_coefficients <- diag(nlevels(d$cell))
first <- match((1:3) * 10, levels(d$cell))
to_coefficients <- rbind(rows, to_coefficients[-first, ])
columns <- model.matrix(~ 0 + cell, d) %*% solve(to_coefficients)
for (kind in c("stratified", "stratified_weighted")) {
  cells <- if (kind == "stratified") lm(y ~ 0 + columns, d) else lm(y ~ 0 + columns, d, weights = weight)
  test <- coef_test(cells, vcov = "CR2", cluster = d$cluster, test = "Satterthwaite")[1:3, ]
  keep(paste0(kind, "_CR2"), point = test$beta, std_error = test$SE, df = test[[grep("^df", names(test))[1]]])
  keep(paste0(kind, "_HC2"), point = coef(cells)[1:3], std_error = sqrt(diag(vcovHC(cells, "HC2")))[1:3])
}

iv <- y ~ took + x1 + x2 | drawn + x1 + x2
over <- y ~ took + x1 + x2 | drawn + z2 + x1 + x2
for (se in c("classical", "HC0", "HC1")) {
  keep_robust(paste0("iv_", se), iv_robust(iv, d, se_type = se), "took")
  keep_robust(paste0("iv_weighted_", se), iv_robust(iv, d, weights = weight, se_type = se), "took")
  keep_robust(paste0("iv_over_", se), iv_robust(over, d, se_type = se), "took")
}
for (se in c("CR0", "stata")) keep_robust(paste0("iv_", se), iv_robust(iv, d, clusters = cluster, se_type = se), "took")
strength <- function(formula) summary(ivreg(formula, data = d), diagnostics = TRUE)$diagnostics["Weak instruments", ]
for (kind in c("iv", "over")) {
  row <- strength(if (kind == "iv") iv else over)
  keep(paste0("aer_strength_", kind), f = row["statistic"], df = row[c("df1", "df2")])
}

covariates <- as.matrix(d[, c("x1", "x2", "z2")])
pillai <- function(model, term) {
  row <- summary(model, test = "Pillai")$stats[term, ]
  as.list(row[c("Pillai", "approx F", "num Df", "den Df", "Pr(>F)")])
}
keep("balance_all", value = unlist(pillai(manova(covariates ~ armf, d), "armf")))
keep("balance_strata", value = unlist(pillai(manova(covariates ~ factor(stratum) + armf, d), "armf")))
keep("balance_two", value = unlist(pillai(manova(covariates[d$arm < 2, ] ~ armf, two), "armf")))

# the largest |t|: nested quadrature where correlations are products, Genz-Bretz where they are not
product_exceed <- function(t, loadings, df) {
  given <- function(s, t) sapply(s, function(length) {
    integrate(function(z) {
      inside <- sapply(loadings, function(l) {
        pnorm((t * length - l * z) / sqrt(1 - l^2)) - pnorm((-t * length - l * z) / sqrt(1 - l^2))
      })
      dnorm(z) * apply(matrix(inside, ncol = length(loadings)), 1, prod)
    }, -8.5, 8.5, rel.tol = 1e-8)$value
  })
  spread <- 8 / sqrt(2 * df)
  density <- function(s) 2 * df * s * dchisq(df * s^2, df)
  sapply(t, function(x) 1 - integrate(function(s) density(s) * given(s, x), max(0, 1 - spread), 1 + spread,
                                      rel.tol = 1e-8)$value)
}
t4 <- c(2.6, 1.9, 0.7, 3.4)
equal <- rep(sqrt(0.5), 4)
uneven <- c(0.2, 0.5, 0.7, 0.9)
# the critical value of four contrasts with correlation 0.5 and 885 degrees of freedom is 2.446192440
keep("maxt_equal", p = product_exceed(c(2.6, 2.446192440), equal, 885))
keep("maxt_uneven", p = product_exceed(c(2.6, 0.7), uneven, 60))
set.seed(1)
power <- 0.8^abs(outer(1:4, 1:4, "-"))
genz <- GenzBretz(maxpts = 3e5, abseps = 3e-6, releps = 0)
keep("maxt_power", p = sapply(t4, function(x) {
  1 - pmvt(-rep(x, 4), rep(x, 4), df = 40, corr = power, algorithm = genz)[1]
}))
# all pairs of four equally large arms is Tukey's range, which R has by quadrature
keep("maxt_tukey", p = ptukey(c(2.6, 1.9, 0.7, 3.4) * sqrt(2), 4, 60, lower.tail = FALSE))
p <- c(0.001, 0.02, 0.03, 0.04, 0.2, 0.9)
keep("adjust", holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"))
# multcomp itself, single-step, of the arms in the plain regression
test <- summary(multcomp::glht(plain, linfct = diag(6)[2:4, ]), test = multcomp::adjusted("single-step", maxpts = 3e5, abseps = 3e-6))$test
keep("multcomp", p = test$pvalues)

versions <- list(R = as.character(getRversion()))
for (name in c("estimatr", "clubSandwich", "sandwich", "mvtnorm", "AER", "multcomp")) {
  versions[[name]] <- as.character(packageVersion(name))
}
cat(toJSON(list(versions = versions, results = results), digits = I(17), auto_unbox = FALSE, pretty = TRUE))
