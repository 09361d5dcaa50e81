#!/bin/sh
# Remove the macros of a retired app. The text inside of those that have text stays:
#
#   remove_macros.sh 'gliffy*'
set -eu

confsync pull
confsync grep -c --macro "$1"
confsync replace --macro "$1" --unwrap || true # exit code 1: none of them has text
confsync replace --macro "$1" --remove || true
confsync check
confsync diff --stat
confsync push --dry-run # 'confsync push -m "..."' sends it
