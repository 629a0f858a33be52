# The part `config`, with config/gatehouse.yaml built into the program.
find_package(yaml-cpp REQUIRED)
gatehouse_host_part(config yaml-cpp gatehouse_host_files)
set(default_yaml ${PROJECT_SOURCE_DIR}/config/gatehouse.yaml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${default_yaml})
file(READ ${default_yaml} GATEHOUSE_DEFAULT_YAML)
configure_file(config/default_configuration.cpp.in
               ${CMAKE_CURRENT_BINARY_DIR}/default_configuration.cpp @ONLY)
target_sources(gatehouse_host_config PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/default_configuration.cpp)
