package org.postrider.testkit;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.PreInterruptCallback;
import org.junit.jupiter.api.extension.PreInterruptContext;

/**
 * Writes what all threads do, virtual ones too, to {@code target/threads-<test>.txt} when a test
 * has run into the time limit that the build sets for each.
 */
public final class ThreadDumpOnTimeout implements PreInterruptCallback {
  @Override
  public void beforeThreadInterrupt(PreInterruptContext interrupted, ExtensionContext test)
      throws IOException {
    String name =
        test.getTestClass().map(Class::getSimpleName).orElse("") + "." + test.getDisplayName();
    Path file = Path.of("target", "threads-" + name.replaceAll("[^\\w.]", "") + ".txt");
    Files.deleteIfExists(file);
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(file.toAbsolutePath().toString(), ThreadDumpFormat.TEXT_PLAIN);
  }
}
