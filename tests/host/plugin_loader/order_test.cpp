// Requirements, versions and circles, with descriptors made up here. SPDX-License-Identifier: Apache-2.0
#include "host/plugin_loader/order.hpp"
#include <gtest/gtest.h>
TEST(X,Y){}
