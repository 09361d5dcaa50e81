"""The package `bulk`, beside a second reading of storage format by lxml."""
