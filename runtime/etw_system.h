/*
 * etw_system.h - what the decoder of Windows' events asks of the running system (etw.h). Windows only.
 *
 * Drives, long paths and accounts any process may ask for; images and tokens of others' processes need rights that
 * detect has not got when it runs by itself, and then are unknown. The names of keys and files that were open before the
 * sessions are not asked for: there are no documented calls for that.
 */
#ifndef ETW_SYSTEM_H
#define ETW_SYSTEM_H

struct etw_system;

const struct etw_system *etw_system(void);
#endif
