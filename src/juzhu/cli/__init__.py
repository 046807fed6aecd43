"""The `juzhu` command, one file per group."""
