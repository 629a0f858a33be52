#!/usr/bin/env bash
# A plugin's migrations are embedded as they stand, and a wrong set of files is refused with the reason.
# Usage: migrations_test.sh EMBED_MIGRATIONS_CMAKE
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
script=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

embed() { cmake "-DDIRECTORY=$work" "-DHEADER=$work/migrations.hpp" -P "$script" 2>&1 | tr -s ' \n' ' '; }

# expect TEXT FILES...: with these files beside 0001_first.sql, embedding says TEXT.
expect() {
  local text=$1 said
  shift
  for file in "$@"; do echo "select 1;" >"$work/$file"; done
  said=$(embed || true)
  case $said in
    *"$text"*) ;;
    *) echo "FAILED: with $*: expected '$text', got '$said'" >&2 && exit 1 ;;
  esac
  for file in "$@"; do rm "$work/$file"; done
}

# shellcheck disable=SC2016  # nothing here is to be expanded
awkward='insert into t values ("a;b", "[c]", "${d}", "@e@", "\n");'
echo "$awkward" >"$work/0001_first.sql"
embed >/dev/null
grep -qF "$awkward" "$work/migrations.hpp" || { echo "FAILED: the text was changed" >&2 && exit 1; }

expect "the next migration is 0002" 0003_gap.sql
expect "each occurs once" 0001_again.sql
expect "0002_half.postgresql.sql is missing" 0002_half.sqlite.sql
expect "there is a file for one engine, too" 0002_both.sql 0002_both.sqlite.sql
expect "a migration is named NNNN_name.sql" 2_short.sql
expect "a migration is named NNNN_name.sql" 0002_Capital.sql
expect "" 0002_pair.sqlite.sql 0002_pair.postgresql.sql
