"""Forms: types and presence are checked here, rules in the commands and pure rooms."""
