/*
 * junit.h - results of rule tests as JUnit's XML, which CI systems show.
 *
 * Include diag.h, ir.h, node.h, ast.h, suite.h and suite_run.h first.
 */
#ifndef JUNIT_H
#define JUNIT_H

/* Writes one suite a test file, one case a case. 0 or a negative errno. */
int junit_write(const char *path, const struct suite *suite, const struct suite_result *results);
#endif
