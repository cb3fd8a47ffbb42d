/*
 * etw_read.h - the readers that etw_layout.def names: each makes a record of one kind of event, or takes note of it.
 * Include etw.h and etw_layout.h first.
 */
#ifndef ETW_READ_H
#define ETW_READ_H

etw_reader etw_read_nothing;

etw_reader etw_read_process_classic, etw_read_process_manifest, etw_read_process_listed, etw_read_process_end,
	etw_read_thread_start, etw_read_thread_listed, etw_read_image_load, etw_read_process_open;
etw_reader etw_read_file_named, etw_read_file_unnamed, etw_read_file_open, etw_read_file_close, etw_read_file_create,
	etw_read_file_delete, etw_read_file_rename;
etw_reader etw_read_key_create, etw_read_key_open, etw_read_key_close, etw_read_key_delete, etw_read_value_set,
	etw_read_value_delete;
etw_reader etw_read_tcp_connect, etw_read_tcp_accept, etw_read_udp_sent, etw_read_udp_received, etw_read_dns_answered;
etw_reader etw_read_ps_script, etw_read_ps_module, etw_read_wmi_operation, etw_read_wmi_binding, etw_read_task;
#endif
