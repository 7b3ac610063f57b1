package org.postrider.server.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postrider.control.operation.NearestName;

/**
 * Values from one place: the command line, the environment, a file.
 *
 * @param values by key
 */
record Layer(Map<String, Located> values) {
  private static final String PREFIX = "POSTRIDER_";

  /**
   * A value and where it stands.
   *
   * @param place for people: {@code postrider.yaml:7} or the name of a variable
   */
  record Located(String value, String place) {}

  /**
   * The settings among the variables: {@code listen.smtp} is {@code POSTRIDER_LISTEN_SMTP}.
   *
   * @param problems gets a sentence for each variable that looks like a setting and is none
   */
  static Layer ofEnvironment(Map<String, String> environment, List<String> problems) {
    Map<String, Located> values = new TreeMap<>();
    Map<String, String> variables = new TreeMap<>();
    Settings.keys().forEach(key -> variables.put(variable(key), key));
    for (String name : environment.keySet()) {
      if (!variables.containsKey(name) && isInSection(name)) {
        problems.add(
            name
                + ": there is no setting of that name"
                + NearestName.question(name, variables.keySet()));
      }
    }
    for (Setting<?> setting : Settings.ALL) {
      String name = variable(setting.key());
      @Nullable String value = environment.get(name);
      if (value != null && !value.isEmpty()) {
        values.put(setting.key(), new Located(value, name));
      }
    }
    return new Layer(values);
  }

  /** Others begin like ours too: Kubernetes makes {@code POSTRIDER_SERVICE_HOST}, for instance. */
  private static boolean isInSection(String variable) {
    return Settings.keys().stream()
        .filter(key -> key.contains("."))
        .anyMatch(key -> variable.startsWith(variable(key.substring(0, key.indexOf('.'))) + "_"));
  }

  /** Values that all come from one place. */
  static Layer of(String place, Map<String, String> texts) {
    Map<String, Located> values = new TreeMap<>();
    texts.forEach((key, value) -> values.put(key, new Located(value, place)));
    return new Layer(values);
  }

  static String variable(String key) {
    return PREFIX + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  Optional<Located> find(String key) {
    return Optional.ofNullable(values.get(key));
  }
}
