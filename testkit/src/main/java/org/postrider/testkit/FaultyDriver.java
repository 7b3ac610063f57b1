package org.postrider.testkit;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * H2's driver, but for one call that fails: each execution of a statement, commit and rollback is
 * counted, on all connections. It takes the place of H2's own until it is closed.
 */
public final class FaultyDriver implements Driver, AutoCloseable {
  private final Driver real = new org.h2.Driver();
  private long calls;
  private long failing = -1;
  private boolean struck;

  private FaultyDriver() {}

  /** Takes the place of H2's driver for connections that are made from now on. */
  public static FaultyDriver install() throws SQLException {
    for (Driver driver : DriverManager.drivers().toList()) {
      if (driver instanceof org.h2.Driver) {
        DriverManager.deregisterDriver(driver);
      }
    }
    FaultyDriver driver = new FaultyDriver();
    DriverManager.registerDriver(driver);
    return driver;
  }

  /** Calls so far. */
  public synchronized long calls() {
    return calls;
  }

  /** Lets one call fail, after that many from now on have gone well. */
  public synchronized void failAfter(long further) {
    failing = calls + further;
    struck = false;
  }

  /**
   * Lets no call fail any more.
   *
   * @return whether one did
   */
  public synchronized boolean disarm() {
    failing = -1;
    return struck;
  }

  private void call(String what) throws SQLException {
    synchronized (this) {
      if (calls++ != failing) {
        return;
      }
      failing = -1;
      struck = true;
    }
    throw new SQLException("made to fail: " + what);
  }

  @Override
  public @Nullable Connection connect(String url, Properties info) throws SQLException {
    Connection connection = real.connect(url, info);
    return connection == null ? null : proxy(Connection.class, connection);
  }

  private <T> T proxy(Class<T> type, Object target) {
    InvocationHandler handler = (proxy, method, arguments) -> invoke(target, method, arguments);
    return type.cast(
        Proxy.newProxyInstance(
            FaultyDriver.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    String name = method.getName();
    if (name.startsWith("execute") || name.equals("commit") || name.equals("rollback")) {
      call(name);
    }
    Object result;
    try {
      result = method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
    if (method.getReturnType() == PreparedStatement.class) {
      return proxy(PreparedStatement.class, result);
    }
    return method.getReturnType() == Statement.class ? proxy(Statement.class, result) : result;
  }

  @Override
  public boolean acceptsURL(String url) throws SQLException {
    return real.acceptsURL(url);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
    return real.getPropertyInfo(url, info);
  }

  @Override
  public int getMajorVersion() {
    return real.getMajorVersion();
  }

  @Override
  public int getMinorVersion() {
    return real.getMinorVersion();
  }

  @Override
  public boolean jdbcCompliant() {
    return real.jdbcCompliant();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return real.getParentLogger();
  }

  /** Gives its place back. */
  @Override
  public void close() throws SQLException {
    DriverManager.deregisterDriver(this);
    DriverManager.registerDriver(real);
  }
}
