// The dialect of WoTKit as the host and tests see it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>

#include <gatehouse/plugin.hpp>

namespace gatehouse::wotkit {

class WotkitPlugin final : public Plugin {
 public:
  WotkitPlugin();
  ~WotkitPlugin() override;

  void configure(Config& config) override;
  void wire(Context& host) override;

 private:
  struct Parts;
  std::string mount_;
  bool token_in_query_ = false;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::wotkit
