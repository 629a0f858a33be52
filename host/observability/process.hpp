// What the kernel knows of this process. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace gatehouse::host {

struct ProcessFigure {
  enum class Kind : std::uint8_t { Counter, Gauge };
  std::string name;
  std::string help;
  Kind kind = Kind::Gauge;
  double value = 0;
};

// Reads /proc/self; figures that cannot be read are left out. Takes some tens of microseconds.
std::vector<ProcessFigure> read_process_figures();

}  // namespace gatehouse::host
