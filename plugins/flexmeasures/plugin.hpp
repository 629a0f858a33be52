// The dialect of FlexMeasures as the host and tests see it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include <gatehouse/plugin.hpp>

namespace gatehouse::flexmeasures {

class FlexMeasuresPlugin final : public Plugin {
 public:
  void configure(Config& config) override;
  void wire(Context& host) override;

 private:
  std::string mount_;
};

}  // namespace gatehouse::flexmeasures
