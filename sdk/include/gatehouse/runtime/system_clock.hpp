// The Clock that the host hands out: the only place that asks the machine for the time of day. Not
// for plugins. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/export.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

class GATEHOUSE_API SystemClock final : public Clock {
 public:
  Time now() const override;
};

}  // namespace gatehouse
