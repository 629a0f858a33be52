// The dialect of SweatStack as the host and tests see it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <gatehouse/plugin.hpp>

namespace gatehouse::sweatstack {

class SweatStackPlugin final : public Plugin {
 public:
  SweatStackPlugin();
  ~SweatStackPlugin() override;

  void configure(Config& config) override;
  void wire(Context& host) override;

 private:
  struct Settings {
    std::string mount;
    std::int64_t max_unpaged_rows = 10'000;
    bool password_grant = false;
    bool principal_from_delegated = false;
    std::chrono::seconds renew_cookie_before{0};
  };
  struct Parts;
  Settings settings_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::sweatstack
