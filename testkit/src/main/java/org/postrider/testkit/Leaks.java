package org.postrider.testkit;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/** What servers leave behind when they are closed: buffers of Netty, and threads. */
final class Leaks implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Threads of the JVM, and one of Netty that ends by itself. */
  private static final Pattern SHARED =
      Pattern.compile(
          "ForkJoinPool.*|VirtualThread-.*|Common-Cleaner|Cleaner-.*|process reaper.*"
              + "|globalEventExecutor.*|.*[Pp]oller.*|Attach Listener|C[12] CompilerThread.*");

  private final ListAppender<ILoggingEvent> events = new ListAppender<>();
  private final Logger log = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
  private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
  private final Set<Thread> threads = Thread.getAllStackTraces().keySet();

  /** Watches from now on. */
  Leaks() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    events.start();
    log.addAppender(events);
  }

  /** What is left, a line for each; to be called when all servers are closed. */
  List<String> found() {
    for (int i = 0; i < 5; i++) { // a leak is found at the collection, told at an allocation
      System.gc();
      ByteBufAllocator.DEFAULT.directBuffer(16).release();
      ByteBufAllocator.DEFAULT.heapBuffer(16).release();
    }
    List<String> found = new ArrayList<>();
    for (ILoggingEvent event : List.copyOf(events.list)) {
      found.add("a buffer: " + event.getFormattedMessage());
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!leftThreads().isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    leftThreads().forEach(name -> found.add("a thread: " + name));
    return found;
  }

  private List<String> leftThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.isAlive() && !threads.contains(thread))
        .map(Thread::getName)
        .filter(name -> !SHARED.matcher(name).matches())
        .toList();
  }

  @Override
  public void close() {
    log.detachAppender(events);
    ResourceLeakDetector.setLevel(before);
  }
}
