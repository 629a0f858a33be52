// The database's own time of day, as microseconds since 1970, for statements. Where several
// processes compare times, they compare those of one clock: theirs may be seconds apart. Macros,
// for statements are literals. SPDX-License-Identifier: Apache-2.0
#pragma once

#define GATEHOUSE_SQLITE_NOW "cast((julianday('now') - 2440587.5) * 86400000000 as integer)"
#define GATEHOUSE_POSTGRESQL_NOW \
  "cast(extract(epoch from statement_timestamp()) * 1000000 as bigint)"
