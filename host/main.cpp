// The program `gatehouse`. SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdio>
#include <exception>

#include "host/cli/cli.hpp"

int main(int argc, char** argv) {
  // Who reads an output or a socket of ours may leave at any time; the write that follows says so.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return gatehouse::host::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
  } catch (...) {
    std::fputs("error: unknown exception (not a std::exception)\n", stderr);
  }
  return 2;
}
