// The audit plugin as the host and tests see it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>

#include <gatehouse/plugin.hpp>

namespace gatehouse::audit {

class AuditPlugin final : public Plugin {
 public:
  AuditPlugin();
  ~AuditPlugin() override;

  void configure(Config& config) override;
  Migrations migrations() const override;
  void wire(Context& host) override;
  void start(Context& host) override;
  void stop() override;

 private:
  struct Parts;
  std::string anchor_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::audit
