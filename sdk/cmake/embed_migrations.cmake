# Writes HEADER from the .sql files in DIRECTORY: cmake -DDIRECTORY=... -DHEADER=... -P this.
# SPDX-License-Identifier: Apache-2.0
file(GLOB files RELATIVE ${DIRECTORY} ${DIRECTORY}/*.sql)
list(SORT files)

set(steps "")
set(number 0)
set(last "")
foreach(file IN LISTS files)
  if(NOT file MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)(\\.sqlite|\\.postgresql)?\\.sql$")
    message(FATAL_ERROR "${DIRECTORY}/${file}: a migration is named NNNN_name.sql, or where the "
                        "engines differ NNNN_name.sqlite.sql and NNNN_name.postgresql.sql")
  endif()
  set(version ${CMAKE_MATCH_1})
  set(name ${CMAKE_MATCH_2})
  set(stem ${version}_${name})
  if(stem STREQUAL last)
    continue()
  endif()
  set(last ${stem})

  math(EXPR number "${number} + 1")
  string(LENGTH "000${number}" length)
  math(EXPR from "${length} - 4")
  string(SUBSTRING "000${number}" ${from} 4 expected)
  if(NOT version STREQUAL expected)
    message(FATAL_ERROR "${DIRECTORY}/${file}: the next migration is ${expected}: versions count up "
                        "from 0001 without a gap, and each occurs once")
  endif()

  set(texts "")
  if(EXISTS ${DIRECTORY}/${stem}.sql)
    if(EXISTS ${DIRECTORY}/${stem}.sqlite.sql OR EXISTS ${DIRECTORY}/${stem}.postgresql.sql)
      message(FATAL_ERROR "${DIRECTORY}/${stem}.sql: there is a file for one engine, too")
    endif()
    set(endings .sql)
  else()
    set(endings .sqlite.sql .postgresql.sql)
  endif()
  set(separator "")
  foreach(ending IN LISTS endings)
    if(NOT EXISTS ${DIRECTORY}/${stem}${ending})
      message(FATAL_ERROR "${DIRECTORY}/${stem}${ending} is missing: the other engine has its file")
    endif()
    file(READ ${DIRECTORY}/${stem}${ending} text)
    if(text MATCHES "\\)migration\"")
      message(FATAL_ERROR "${DIRECTORY}/${stem}${ending}: holds )migration\", which ends the literal")
    endif()
    string(APPEND texts "${separator}R\"migration(${text})migration\"")
    set(separator ",\n                    ")
  endforeach()
  string(APPEND steps "      {\"${version}\",\n       \"${name}\",\n       Sql(${texts})},\n")
endforeach()

file(WRITE ${HEADER} "// Generated from the plugin's migrations; edit those.
#pragma once
#include <gatehouse/storage/sql.hpp>

namespace gatehouse {
namespace {

// The steps of this plugin's schema. Internal to each source that includes it, so that two plugins can
// be part of one test program.
inline Migrations embedded_migrations() {
  return {
${steps}  };
}

}  // namespace
}  // namespace gatehouse
")
