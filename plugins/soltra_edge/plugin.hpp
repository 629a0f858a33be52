// The dialect of Soltra Edge as the host and tests see it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include <gatehouse/plugin.hpp>

namespace gatehouse::soltra_edge {

class SoltraEdgePlugin final : public Plugin {
 public:
  void configure(Config& config) override;
  void wire(Context& host) override;

 private:
  std::string mount_;
};

}  // namespace gatehouse::soltra_edge
