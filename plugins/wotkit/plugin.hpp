// The dialect of WoTKit as the host and tests see it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include <gatehouse/plugin.hpp>

namespace gatehouse::wotkit {

class WotkitPlugin final : public Plugin {
 public:
  void configure(Config& config) override;
  void wire(Context& host) override;

 private:
  std::string mount_;
};

}  // namespace gatehouse::wotkit
