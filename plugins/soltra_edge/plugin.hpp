// The dialect of Soltra Edge as the host and tests see it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>

#include <gatehouse/plugin.hpp>

namespace gatehouse::soltra_edge {

class SoltraEdgePlugin final : public Plugin {
 public:
  SoltraEdgePlugin();
  ~SoltraEdgePlugin() override;

  void configure(Config& config) override;
  Migrations migrations() const override;
  void wire(Context& host) override;

 private:
  struct Parts;
  std::string mount_;
  bool publish_token_hash_ = true;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::soltra_edge
