package org.postrider.server.config;

import java.nio.file.Path;
import java.util.function.Function;

/**
 * A setting.
 *
 * @param key as the file has it, levels separated by dots
 * @param standard the value when nobody sets it, by the data directory
 * @param syntax reads the value; throws {@link IllegalArgumentException} with what is allowed
 * @param reloadable whether a reload puts a new value into effect
 */
record Setting<T>(
    String key, Function<Path, String> standard, Function<String, T> syntax, boolean reloadable) {

  static <T> Setting<T> of(String key, String standard, Function<String, T> syntax) {
    return new Setting<>(key, data -> standard, syntax, false);
  }

  Setting<T> afterReload() {
    return new Setting<>(key, standard, syntax, true);
  }
}
