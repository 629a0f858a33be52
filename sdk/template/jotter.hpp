// Short notes, each seen by who wrote it.
#pragma once
#include <gatehouse/plugin.hpp>

namespace jotter {

class Jotter final : public gatehouse::Plugin {
 public:
  void configure(gatehouse::Config& config) override;
  gatehouse::Migrations migrations() const override;
  void wire(gatehouse::Context& host) override;

 private:
  std::size_t max_length_ = 0;  // bytes
};

}  // namespace jotter
