package org.postrider.server;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears the signals of the operating system. {@code sun.misc.Signal} is the JDK's only way to them;
 * it is reached by reflection, so that the compiler's warning about its package need not be
 * silenced everywhere.
 */
final class ProcessSignal {
  private static final Logger log = LoggerFactory.getLogger(ProcessSignal.class);

  private ProcessSignal() {}

  /**
   * Runs the action at each arrival of a signal; says so in the log where the JDK has no signals.
   *
   * @param name without {@code SIG}, for instance {@code HUP}
   */
  static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> { // handle(Signal), the one method that is ever called
                action.run();
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      log.warn("SIG{} cannot be heard here", name, e);
    }
  }
}
