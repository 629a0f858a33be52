// Who is let in, and what the process may open. SPDX-License-Identifier: Apache-2.0
#include "host/http/admission.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace gatehouse::host {
namespace {

TEST(Admission, CountsANetworkOfIpv6AsOneAddress) {
  HttpOptions options;
  options.max_connections_per_address = 2;
  Admission admission(options, 100);
  EXPECT_TRUE(admission.admit("2001:db8::1"));
  EXPECT_TRUE(admission.admit("2001:db8::2"));
  EXPECT_FALSE(admission.admit("2001:db8::ffff:3"));
  EXPECT_TRUE(admission.admit("2001:db8:0:1::1"));
  EXPECT_TRUE(admission.admit("192.0.2.1"));
  admission.release("2001:db8::1");
  EXPECT_TRUE(admission.admit("2001:db8::4"));
  EXPECT_EQ(admission.count(), 4U);
}

TEST(Admission, CountsIpv4ClientsOfAnIpv6SocketEachForItself) {
  HttpOptions options;
  options.max_connections_per_address = 1;
  Admission admission(options, 100);
  EXPECT_TRUE(admission.admit("::ffff:192.0.2.1"));
  EXPECT_TRUE(admission.admit("::ffff:192.0.2.2"));
  EXPECT_FALSE(admission.admit("192.0.2.1"));
}

TEST(Admission, StaysBelowWhatTheDescriptorsAllow) {
  HttpOptions options;
  options.max_connections = 10;
  Admission admission(options, 1);
  EXPECT_TRUE(admission.admit("192.0.2.1"));
  EXPECT_FALSE(admission.admit("192.0.2.2"));
}

TEST(Admission, RaisesTheLimitOfDescriptorsAndLeavesSomeToOthers) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit low = before;
  low.rlim_cur = std::min<rlim_t>(256, before.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  const auto allowed = descriptors_for_connections();
  rlimit after{};
  ::getrlimit(RLIMIT_NOFILE, &after);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  EXPECT_LT(allowed, after.rlim_cur);
  EXPECT_GE(allowed, after.rlim_cur / 2);
}

}  // namespace
}  // namespace gatehouse::host
