package template

import "reflect"

// method returns the method that a template names, bound to v; invalid where there is none that a template may call.
// Each name is a constant, so that a linker knows which methods stay: those of these names. They are the methods of
// what reports and the trend hand to templates (a test of theirs compares), without those that encode and decode.
func method(v reflect.Value, name string) reflect.Value {
	if v.NumMethod() == 0 {
		return reflect.Value{}
	}
	switch name {
	case "Error":
		return v.MethodByName("Error")
	case "String":
		return v.MethodByName("String")
	case "Name":
		return v.MethodByName("Name")
	case "BlobName":
		return v.MethodByName("BlobName")
	case "InName":
		return v.MethodByName("InName")
	case "ByChoice":
		return v.MethodByName("ByChoice")
	}
	if m := timeMethod(v, name); m.IsValid() {
		return m
	}
	return durationMethod(v, name)
}

// timeMethod returns methods of time.Time.
func timeMethod(v reflect.Value, name string) reflect.Value {
	switch name {
	case "Add":
		return v.MethodByName("Add")
	case "AddDate":
		return v.MethodByName("AddDate")
	case "After":
		return v.MethodByName("After")
	case "Before":
		return v.MethodByName("Before")
	case "Compare":
		return v.MethodByName("Compare")
	case "Day":
		return v.MethodByName("Day")
	case "Equal":
		return v.MethodByName("Equal")
	case "Format":
		return v.MethodByName("Format")
	case "GoString":
		return v.MethodByName("GoString")
	case "Hour":
		return v.MethodByName("Hour")
	case "In":
		return v.MethodByName("In")
	case "IsDST":
		return v.MethodByName("IsDST")
	case "IsZero":
		return v.MethodByName("IsZero")
	case "Local":
		return v.MethodByName("Local")
	case "Location":
		return v.MethodByName("Location")
	case "Minute":
		return v.MethodByName("Minute")
	case "Month":
		return v.MethodByName("Month")
	case "Second":
		return v.MethodByName("Second")
	case "Sub":
		return v.MethodByName("Sub")
	case "UTC":
		return v.MethodByName("UTC")
	case "Weekday":
		return v.MethodByName("Weekday")
	case "Year":
		return v.MethodByName("Year")
	case "YearDay":
		return v.MethodByName("YearDay")
	}
	return unixMethod(v, name)
}

// unixMethod returns the methods of time.Time that count from 1970, and the count of parts of a second.
func unixMethod(v reflect.Value, name string) reflect.Value {
	switch name {
	case "Nanosecond":
		return v.MethodByName("Nanosecond")
	case "Unix":
		return v.MethodByName("Unix")
	case "UnixMicro":
		return v.MethodByName("UnixMicro")
	case "UnixMilli":
		return v.MethodByName("UnixMilli")
	case "UnixNano":
		return v.MethodByName("UnixNano")
	}
	return reflect.Value{}
}

// durationMethod returns methods of time.Duration, and those it shares with time.Time.
func durationMethod(v reflect.Value, name string) reflect.Value {
	switch name {
	case "Abs":
		return v.MethodByName("Abs")
	case "Hours":
		return v.MethodByName("Hours")
	case "Microseconds":
		return v.MethodByName("Microseconds")
	case "Milliseconds":
		return v.MethodByName("Milliseconds")
	case "Minutes":
		return v.MethodByName("Minutes")
	case "Nanoseconds":
		return v.MethodByName("Nanoseconds")
	case "Round":
		return v.MethodByName("Round")
	case "Seconds":
		return v.MethodByName("Seconds")
	case "Truncate":
		return v.MethodByName("Truncate")
	}
	return reflect.Value{}
}
