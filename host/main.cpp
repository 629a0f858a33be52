// The program `gatehouse`. SPDX-License-Identifier: Apache-2.0
#include "host/cli/cli.hpp"

int main(int argc, char** argv) {
  return gatehouse::host::run(argc, argv);
}
