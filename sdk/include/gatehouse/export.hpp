// Marks what libgatehouse-sdk exports. SPDX-License-Identifier: Apache-2.0
#pragma once

#define GATEHOUSE_API __attribute__((visibility("default")))

// The version of the interface in these headers. A plugin built with 1.n runs on every host that
// speaks 1.m with m >= n.
#define GATEHOUSE_SDK_MAJOR 1
#define GATEHOUSE_SDK_MINOR 0
