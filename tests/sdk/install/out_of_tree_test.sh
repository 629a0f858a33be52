#!/usr/bin/env bash
# What a stranger does: install the SDK somewhere, start a plugin from the template, build and test it
# against the installed files, install it. The notes fixture is built the same way, and its routes are
# served by an installed host.
# Usage: out_of_tree_test.sh BUILD_TREE GATEHOUSE NOTES_SOURCE CXX [CXX_FLAGS]
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
build_tree=$1 gatehouse=$2 notes_source=$3 cxx=$4 flags=${5-}
api_tests=$(cd "$(dirname "$0")/../../api" && pwd)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/sdk

fail() {
  echo "FAILED: $1" >&2
  exit 1
}

# configure_and_build FOLDER
configure_and_build() {
  cmake -S "$1" -B "$1/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_CXX_FLAGS="$flags" >"$1.log" || { cat "$1.log"; fail "configure $1"; }
  cmake --build "$1/build" -j 2 || fail "build $1"
}

cmake --install "$build_tree" --component sdk --prefix "$prefix" >/dev/null
if grep -rlF -e "$build_tree" "$prefix/lib" --include='*.cmake'; then
  fail "the package files above name the build tree"
fi

echo "== a plugin from the template"
"$gatehouse" plugins new shopping_list --dir "$work/shopping"
if grep -riE 'jotter' "$work/shopping"; then fail "the template's own name is left"; fi
configure_and_build "$work/shopping"
ctest --test-dir "$work/shopping/build" --output-on-failure --no-tests=error || fail "the template's tests"
cmake --install "$work/shopping/build" --prefix "$work/host" >/dev/null
test -f "$work/host/lib/gatehouse/plugins-1/shopping_list.so" || fail "the plugin is not installed"
"$gatehouse" plugins check "$work/host/lib/gatehouse/plugins-1/shopping_list.so" || fail "plugins check"

echo "== the notes plugin"
mkdir "$work/notes"
cp "$notes_source" "$work/notes/notes.cpp"
cat >"$work/notes/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(notes LANGUAGES CXX)
find_package(Gatehouse 1.0 REQUIRED)
gatehouse_add_plugin(notes SOURCES notes.cpp)
CMAKE
configure_and_build "$work/notes"
"$gatehouse" plugins inspect "$work/notes/build/lib/gatehouse/plugins-1/notes.so" || fail "plugins inspect"
exported=$(nm -D --defined-only "$work/notes/build/lib/gatehouse/plugins-1/notes.so" | awk '{print $3}')
test "$exported" = gatehouse_plugin_create_v1 || fail "notes.so exports: $exported"

echo "== the notes plugin in an installed host"
cmake --install "$build_tree" --component runtime --prefix "$work/host" >/dev/null
cmake --install "$work/notes/build" --prefix "$work/host" >/dev/null
(cd "$api_tests" &&
  GATEHOUSE_BIN=$work/host/bin/gatehouse GATEHOUSE_FIXTURES=$work/host/lib/gatehouse/plugins-1 \
    python3 -B -m unittest test_notes) || fail "serve the notes"

echo "== another major of the SDK"
mkdir "$work/later"
sed 's/Gatehouse 1.0/Gatehouse 2.0/' "$work/notes/CMakeLists.txt" >"$work/later/CMakeLists.txt"
if cmake -S "$work/later" -B "$work/later/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" \
  -DCMAKE_CXX_COMPILER="$cxx" >"$work/later.log" 2>&1; then
  fail "find_package(Gatehouse 2.0) took version 1"
fi
grep -q 'requested version "2.0"' "$work/later.log" || { cat "$work/later.log"; fail "the reason"; }
echo "all good"
