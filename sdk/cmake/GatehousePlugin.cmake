# How a plugin is built, inside this tree and outside of it. SPDX-License-Identifier: Apache-2.0
#
# gatehouse_add_plugin(NAME SOURCES file... [MIGRATIONS directory] [LIBRARIES target...] [NO_INSTALL])
#   NAME.so in lib/gatehouse/plugins-1 of the build tree and of the installation, with all flags that
#   the host expects. One of the sources holds GATEHOUSE_PLUGIN(). What the sources compile to is also
#   the object library NAME_objects, which tests link.
#   MIGRATIONS: every NNNN_name.sql, or NNNN_name.sqlite.sql with NNNN_name.postgresql.sql, becomes one
#   step of gatehouse::embedded_migrations() in the generated header "migrations.hpp".
#   NO_INSTALL: for plugins that exist only to be tested; NAME.so stays in the current binary directory.
#
# gatehouse_add_plugin_test(NAME SOURCES file... [LIBRARIES target...])
#   A GoogleTest program NAME_test of the plugin NAME without a host, registered with CTest.

set(GATEHOUSE_PLUGIN_FOLDER lib/gatehouse/plugins-1 CACHE INTERNAL "")
set(GATEHOUSE_PLUGIN_EXPORTS ${CMAKE_CURRENT_LIST_DIR}/gatehouse-plugin.map CACHE INTERNAL "")
set(GATEHOUSE_EMBED_MIGRATIONS ${CMAKE_CURRENT_LIST_DIR}/embed_migrations.cmake CACHE INTERNAL "")

function(gatehouse_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 plugin "NO_INSTALL" "MIGRATIONS" "SOURCES;LIBRARIES")
  if(NOT name MATCHES "^[a-z][a-z0-9_]*$")
    message(FATAL_ERROR "gatehouse_add_plugin: \"${name}\" is no name for a plugin: lower-case "
                        "letters, digits and _, a letter first")
  endif()
  if(NOT plugin_SOURCES OR plugin_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "gatehouse_add_plugin(${name} SOURCES file... [MIGRATIONS directory] "
                        "[LIBRARIES target...] [NO_INSTALL]): wrong arguments "
                        "\"${plugin_UNPARSED_ARGUMENTS}\"")
  endif()

  add_library(${name}_objects OBJECT ${plugin_SOURCES})
  set_target_properties(${name}_objects PROPERTIES
    POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(${name}_objects PUBLIC gatehouse::sdk ${plugin_LIBRARIES})
  target_include_directories(${name}_objects PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  if(plugin_MIGRATIONS)
    _gatehouse_embed_migrations(${name} ${plugin_MIGRATIONS})
  endif()

  # -z defs: what is missing is said when the plugin is linked, not when it is loaded.
  # -z nodelete: never unloaded. The host asks for both as well, whoever built the plugin.
  add_library(${name} MODULE)
  target_link_libraries(${name} PRIVATE ${name}_objects)
  target_link_options(${name} PRIVATE
    -Wl,-z,defs -Wl,-z,now -Wl,-z,nodelete -Wl,--as-needed -Wl,--exclude-libs,ALL
    -Wl,--version-script,${GATEHOUSE_PLUGIN_EXPORTS})
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX ".so" LINKER_LANGUAGE CXX
    LINK_DEPENDS ${GATEHOUSE_PLUGIN_EXPORTS})
  if(TARGET gatehouse_flags)
    target_link_libraries(${name}_objects PRIVATE $<BUILD_INTERFACE:gatehouse_flags>)
  endif()
  if(plugin_NO_INSTALL)
    set_target_properties(${name} PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  else()
    # The host has libgatehouse-sdk loaded already; the path serves tools that look at the plugin.
    set_target_properties(${name} PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/${GATEHOUSE_PLUGIN_FOLDER}
      INSTALL_RPATH "$ORIGIN/../..")
    install(TARGETS ${name}
            LIBRARY DESTINATION ${GATEHOUSE_PLUGIN_FOLDER} COMPONENT runtime)
  endif()
endfunction()

function(gatehouse_add_plugin_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "" "SOURCES;LIBRARIES")
  find_package(GTest REQUIRED)
  include(GoogleTest)
  add_executable(${name}_test ${test_SOURCES})
  target_link_libraries(${name}_test PRIVATE
    ${name}_objects gatehouse::testing ${test_LIBRARIES} GTest::gtest_main)
  gtest_discover_tests(${name}_test DISCOVERY_TIMEOUT 60)
endfunction()

# The header is made when the plugin is built, so that an edited step is seen.
function(_gatehouse_embed_migrations name directory)
  get_filename_component(directory ${directory} ABSOLUTE)
  file(GLOB files CONFIGURE_DEPENDS ${directory}/*.sql)
  if(NOT files)
    message(FATAL_ERROR "gatehouse_add_plugin(${name}): no migrations (NNNN_name.sql) in ${directory}")
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name}_migrations)
  set(header ${folder}/migrations.hpp)
  add_custom_command(
    OUTPUT ${header}
    COMMAND ${CMAKE_COMMAND} "-DDIRECTORY=${directory}" "-DHEADER=${header}"
            -P ${GATEHOUSE_EMBED_MIGRATIONS}
    DEPENDS ${files} ${GATEHOUSE_EMBED_MIGRATIONS}
    COMMENT "Embedding the migrations of ${name}"
    VERBATIM)
  # All of them, for tools that read sources without compiling.
  add_custom_target(${name}_migrations DEPENDS ${header})
  if(NOT TARGET gatehouse_migrations)
    add_custom_target(gatehouse_migrations)
  endif()
  add_dependencies(gatehouse_migrations ${name}_migrations)
  target_sources(${name}_objects PRIVATE ${header})
  target_include_directories(${name}_objects PUBLIC ${folder})
endfunction()
