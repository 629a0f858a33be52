# What a plugin author gets: headers, library, package files, template. Included by sdk/CMakeLists.txt.
# SPDX-License-Identifier: Apache-2.0
include(CMakePackageConfigHelpers)
include(${CMAKE_CURRENT_LIST_DIR}/GatehousePlugin.cmake)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Gatehouse)
install(TARGETS gatehouse_sdk gatehouse_testing EXPORT GatehouseTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk)
# The library alone is what the host needs at run time.
install(TARGETS gatehouse_sdk
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_SKIP)
# Goes where the library goes, which opens it.
install(TARGETS gatehouse_postgresql
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT postgresql NAMELINK_SKIP)
install(EXPORT GatehouseTargets NAMESPACE gatehouse:: DESTINATION ${package_folder} COMPONENT sdk)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/sdk/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT sdk FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/sdk/template DESTINATION share/gatehouse COMPONENT sdk)

# In the build tree the template stands where the installed one would.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share/gatehouse)
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/sdk/template ${PROJECT_BINARY_DIR}/share/gatehouse/template
     SYMBOLIC)

set_target_properties(gatehouse_testing gatehouse_postgresql PROPERTIES INSTALL_RPATH "$ORIGIN")

configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/GatehouseConfig.cmake.in ${PROJECT_BINARY_DIR}/GatehouseConfig.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/GatehouseConfigVersion.cmake
                                 COMPATIBILITY SameMajorVersion)
install(FILES
          ${PROJECT_BINARY_DIR}/GatehouseConfig.cmake
          ${PROJECT_BINARY_DIR}/GatehouseConfigVersion.cmake
          ${CMAKE_CURRENT_LIST_DIR}/GatehousePlugin.cmake
          ${CMAKE_CURRENT_LIST_DIR}/embed_migrations.cmake
          ${CMAKE_CURRENT_LIST_DIR}/gatehouse-plugin.map
        DESTINATION ${package_folder} COMPONENT sdk)
