// `gatehouse plugins new` with the template of an installed SDK: start_plugin TEMPLATE NAME FOLDER.
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "host/cli/new_plugin.hpp"

int main(int argc, char** argv) {
  if (argc != 4) return 64;
  const auto written = gatehouse::host::new_plugin(argv[1], argv[2], argv[3]);
  if (!written) std::fprintf(stderr, "%s\n", written.error().message.c_str());
  return written ? 0 : 1;
}
